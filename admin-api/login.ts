import { hashPassword, verifyPassword } from '../store/password-hash.ts'
import type { User } from '../store/user.ts'
import type { Users } from '../store/users.ts'
import type { LoginThrottle } from './login-throttle.ts'
import { Problem } from './problem.ts'
import { randomPassword } from './random-password.ts'

interface Credentials {
  readonly login: string
  readonly password: string
  readonly address: string
}

/** Proves who somebody is by his password, at a limited rate. */
export class Login {
  readonly #users: Users
  readonly #throttle: LoginThrottle
  /** Compared with when there is no such user, so that the time does not tell who exists. */
  readonly #nobodysHash = hashPassword(randomPassword())

  constructor(users: Users, throttle: LoginThrottle) {
    this.#users = users
    this.#throttle = throttle
  }

  /** @throws Problem when login or password is wrong, without telling which, or after too many attempts */
  async verify({ login, password, address }: Credentials): Promise<User> {
    const takeBack = this.#throttle.attempt(login, address)
    const user = await this.#users.findByLogin(login)
    const isRight = await verifyPassword(user?.passwordHash ?? (await this.#nobodysHash), password)
    if (!isRight || user?.passwordHash === undefined) throw new Problem('wrong-credentials')
    takeBack()
    return user
  }

  /** Whether it is the user's password. @throws Problem after too many attempts */
  async isPasswordOf(user: User, password: string, address: string): Promise<boolean> {
    const takeBack = this.#throttle.attempt(user.id, address)
    const isRight = user.passwordHash !== undefined && (await verifyPassword(user.passwordHash, password))
    if (isRight) takeBack()
    return isRight
  }
}

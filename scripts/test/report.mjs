import { stringify } from 'yaml'

function indent(text) {
  return text.replace(/^/gm, '    ')
}

/** Says what happened while it happens, and the failures once more at the end. Plain lines, on any output. */
export class Report {
  #passed = 0
  #failed = 0
  #list = []

  check({ name, complaints }) {
    console.log(`${complaints ? 'FAIL' : 'ok  '} ${name}`)
    if (!complaints) {
      this.#passed += 1
      return
    }
    console.log(indent(complaints.trimEnd()))
    this.#fail(name)
  }

  suite({ source, passed, failures, problem, errors, ms }) {
    const isGood = failures.length === 0 && !problem
    const points = `${passed} passed${failures.length > 0 ? `, ${failures.length} failed` : ''}`
    console.log(`${isGood ? 'ok  ' : 'FAIL'} ${source} (${points}, ${(ms / 1000).toFixed(1)} s)`)
    this.#passed += passed
    if (isGood) return
    for (const { name, diagnosis } of failures) {
      console.log(indent(`not ok: ${name}`))
      if (diagnosis) console.log(indent(indent(stringify(diagnosis).trimEnd())))
      this.#fail(`${source}: ${name.length > 200 ? `${name.slice(0, 200)}…` : name}`)
    }
    if (problem) {
      console.log(indent(problem))
      this.#fail(`${source}: ${problem}`)
    }
    if (errors.trim()) console.log(indent(errors.trimEnd()))
  }

  /** @returns the exit code */
  finish() {
    if (this.#list.length > 0) console.log(`\nFailed:\n${this.#list.map((line) => `  ${line}`).join('\n')}`)
    if (this.#passed === 0 && this.#failed === 0) this.#fail('no suite fits')
    console.log(`\n${this.#passed} passed, ${this.#failed} failed`)
    return this.#failed === 0 ? 0 : 1
  }

  #fail(line) {
    this.#failed += 1
    this.#list.push(line)
  }
}

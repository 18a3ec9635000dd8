/** What a person may do, lowest first: each may do what the ones before may. */
export const roles = ['user', 'supervisor', 'admin', 'owner'] as const
export type Role = (typeof roles)[number]

/** What a machine's API key may do, lowest first: each may do what the ones before may. */
export const scopes = ['read', 'write', 'admin'] as const
export type Scope = (typeof scopes)[number]

/** Roles a key can have: it is nobody's own, so that of a plain user, who sees what is his, makes no sense. */
export const keyRoles = ['supervisor', 'admin', 'owner'] as const

/** Who reaches a route: everybody, or who has at least that role; an API key at least that scope, too. */
export type Access = 'public' | { readonly role: Role; readonly scope: Scope }

export function roleReaches(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed)
}

export function scopeReaches(scope: Scope, needed: Scope): boolean {
  return scopes.indexOf(scope) >= scopes.indexOf(needed)
}

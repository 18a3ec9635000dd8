import type { Migration } from './migration.ts'

export const idempotency: Migration = {
  version: 2,
  name: 'idempotency',
  async up(knex) {
    await knex.schema.createTable('idempotency_keys', (table) => {
      table.text('id').primary()
      table.text('fingerprint_sealed').notNullable()
      table.text('answer_sealed')
      table.bigInteger('began_at_ms').notNullable().index()
    })
    await knex.schema.alterTable('api_keys', (table) => {
      table.text('scope').notNullable().defaultTo('read')
    })
  },
}

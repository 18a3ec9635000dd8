import type { Knex } from 'knex'
import { byteOrder } from './byte-order.ts'
import type { Migration } from './migration.ts'

export const foundation: Migration = {
  version: 1,
  name: 'foundation',
  async up(knex) {
    await createPeople(knex)
    await createRegistrations(knex)
    await createCalls(knex)
    await createVoicemails(knex)
    await createAccess(knex)
    await createHousekeeping(knex)
    await byteOrder(knex, 'users', ['extension', 'name_key'])
    await byteOrder(knex, 'extensions', ['number'])
    await byteOrder(knex, 'devices', ['label'])
  },
}

async function createPeople(knex: Knex): Promise<void> {
  await knex.schema.createTable('extensions', (table) => {
    table.text('number').primary()
    table.text('kind').notNullable()
    table.text('target_id').notNullable().index()
  })
  await knex.schema.createTable('users', (table) => {
    table.text('id').primary()
    table.text('name').notNullable()
    table.text('name_key').notNullable()
    table.text('email').unique()
    table.text('extension').notNullable().unique()
    table.text('role').notNullable()
    table.text('password_hash')
    table.text('mobile')
    table.text('time_zone')
    table.text('plan')
    table.text('call_handling').notNullable()
    table.bigInteger('created_at_ms').notNullable()
    table.bigInteger('updated_at_ms').notNullable()
    table.integer('version').notNullable()
    table.index(['name_key', 'id'])
  })
  await knex.schema.createTable('devices', (table) => {
    table.text('id').primary()
    table.text('user_id').notNullable().references('users.id').onDelete('CASCADE').index()
    table.text('label').notNullable()
    table.text('kind').notNullable()
    table.text('mac').index()
    table.text('model')
    table.text('sip_username').notNullable().unique()
    table.text('sip_password_sealed').notNullable()
    table.bigInteger('created_at_ms').notNullable()
    table.bigInteger('updated_at_ms').notNullable()
    table.integer('version').notNullable()
  })
}

async function createRegistrations(knex: Knex): Promise<void> {
  await knex.schema.createTable('registrations', (table) => {
    table.text('key').primary()
    table.text('device_id').notNullable().references('devices.id').onDelete('CASCADE').index()
    table.text('user_id').notNullable()
    table.text('contact').notNullable()
    table.text('call_id').notNullable()
    table.bigInteger('cseq').notNullable()
    table.text('instance_id')
    table.bigInteger('reg_id')
    table.double('q').notNullable()
    table.text('path').notNullable()
    table.text('transport').notNullable()
    table.text('remote_address').notNullable()
    table.integer('remote_port').notNullable()
    table.text('local_point')
    table.text('user_agent').notNullable()
    table.bigInteger('expires_at_ms').notNullable()
    table.bigInteger('registered_at_ms').notNullable()
  })
}

async function createCalls(knex: Knex): Promise<void> {
  await knex.schema.createTable('calls', (table) => {
    table.text('id').primary()
    table.text('direction').notNullable()
    table.text('from_number').notNullable()
    table.text('from_name').notNullable()
    table.text('from_name_key').notNullable()
    table.text('from_user_id').index()
    table.text('to_number').notNullable()
    table.text('to_user_id').index()
    table.bigInteger('started_at_ms').notNullable()
    table.bigInteger('ringing_at_ms')
    table.bigInteger('answered_at_ms')
    table.bigInteger('ended_at_ms')
    table.text('answered_by_user_id')
    table.text('answered_by_device_id')
    table.text('outcome')
    table.text('reason')
    table.text('ended_by')
    table.text('voicemail_id')
    table.text('quality')
    table.text('decisions').notNullable()
    table.index(['started_at_ms', 'id'])
    table.index(['outcome', 'started_at_ms'])
  })
  await knex.schema.createTable('call_legs', (table) => {
    table.text('id').primary()
    table.text('call_id').notNullable().references('calls.id').onDelete('CASCADE').index()
    table.text('role').notNullable()
    table.text('sip_call_id').notNullable()
    table.text('user_id').index()
    table.text('device_id')
    table.text('contact')
    table.bigInteger('started_at_ms').notNullable()
    table.bigInteger('ringing_at_ms')
    table.bigInteger('answered_at_ms')
    table.bigInteger('ended_at_ms')
    table.text('outcome')
    table.integer('sip_status')
    table.text('quality')
  })
  await knex.schema.createTable('call_ladders', (table) => {
    table.text('call_id').primary().references('calls.id').onDelete('CASCADE')
    table.text('entries').notNullable()
  })
}

async function createVoicemails(knex: Knex): Promise<void> {
  await knex.schema.createTable('voicemails', (table) => {
    table.text('id').primary()
    table.text('user_id').notNullable().references('users.id').onDelete('CASCADE')
    table.text('from_number').notNullable()
    table.text('from_name').notNullable()
    table.text('call_id')
    table.text('file').notNullable()
    table.integer('duration_ms').notNullable()
    table.bigInteger('bytes').notNullable()
    table.bigInteger('received_at_ms').notNullable()
    table.bigInteger('heard_at_ms')
    table.index(['user_id', 'received_at_ms', 'id'])
  })
}

async function createAccess(knex: Knex): Promise<void> {
  await knex.schema.createTable('sessions', (table) => {
    table.text('id').primary()
    table.text('user_id').notNullable().references('users.id').onDelete('CASCADE').index()
    table.text('token_hash').notNullable().unique()
    table.text('address').notNullable()
    table.text('user_agent').notNullable()
    table.bigInteger('created_at_ms').notNullable()
    table.bigInteger('last_used_at_ms').notNullable()
    table.bigInteger('expires_at_ms').notNullable().index()
  })
  await knex.schema.createTable('api_keys', (table) => {
    table.text('id').primary()
    table.text('name').notNullable()
    table.text('token_hash').notNullable().unique()
    table.text('role').notNullable()
    table.text('created_by')
    table.bigInteger('created_at_ms').notNullable()
    table.bigInteger('last_used_at_ms')
    table.bigInteger('expires_at_ms')
  })
  await knex.schema.createTable('audit_log', (table) => {
    table.text('id').primary()
    table.bigInteger('at_ms').notNullable()
    table.text('actor_id').notNullable().index()
    table.text('action').notNullable()
    table.text('target_kind').notNullable()
    table.text('target_id').notNullable()
    table.text('before')
    table.text('after')
    table.text('address')
    table.index(['at_ms', 'id'])
    table.index(['target_kind', 'target_id'])
  })
}

async function createHousekeeping(knex: Knex): Promise<void> {
  await knex.schema.createTable('settings', (table) => {
    table.text('key').primary()
    table.text('value').notNullable()
    table.bigInteger('updated_at_ms').notNullable()
  })
  await knex.schema.createTable('outbox', (table) => {
    table.text('id').primary()
    table.text('kind').notNullable()
    table.text('payload').notNullable()
    table.text('state').notNullable()
    table.integer('attempts').notNullable()
    table.integer('max_attempts').notNullable()
    table.bigInteger('due_at_ms').notNullable()
    table.text('lease_id')
    table.text('last_error')
    table.bigInteger('created_at_ms').notNullable()
    table.index(['state', 'due_at_ms'])
  })
}

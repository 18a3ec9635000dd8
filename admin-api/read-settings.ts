import { z } from 'zod'
import type { Settings } from '../store/settings.ts'
import { settingsSchema, type SettingsView } from './contracts/settings.ts'

/** The settings as they are now: what was set, else the defaults. */
export async function readSettings(settings: Settings): Promise<SettingsView> {
  const stored: Record<string, unknown> = {}
  for (const key of settingsSchema.keyof().options) stored[key] = await settings.get(key, z.unknown())
  return settingsSchema.parse(stored)
}

/**
 * Speaks the texts of config/prompts with Debian's flite into 8 kHz 16-bit mono WAV files beside them.
 * Needs flite and sox; run it after a change of the texts and commit what it makes: `node scripts/make-prompts.mjs`.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { ensureBuild } from './setup/build.mjs'
import { root, run } from './setup/say.mjs'

const voice = 'slt'

/** Quiet below this level, at the ends, is cut off; a little is put back so that no word starts abruptly. */
const silence = ['silence', '1', '0.01', '0.4%']
const trim = [...silence, 'reverse', ...silence, 'reverse', 'pad', '0.04', '0.06']

async function must(command, args) {
  const { code, output } = await run(command, args)
  if (code !== 0) throw new Error(`${command} ${args.join(' ')}: ${output}`)
}

async function speak(text, file, scratch) {
  const spoken = path.join(scratch, 'spoken.wav')
  await must('flite', ['-voice', voice, '--setf', 'duration_stretch=1.05', '-t', text, '-o', spoken])
  const format = ['-r', '8000', '-b', '16', '-c', '1']
  await must('sox', ['-D', spoken, ...format, file, 'highpass', '100', 'norm', '-3', ...trim, 'norm', '-3'])
}

await ensureBuild()
const { english } = await import('../dist/config/prompts/english.js')
const folder = path.join(root, 'config/prompts/en')
const scratch = mkdtempSync(path.join(os.tmpdir(), 'strowger-prompts-'))
mkdirSync(folder, { recursive: true })
for (const [id, text] of Object.entries(english)) await speak(text, path.join(folder, `${id}.wav`), scratch)
for (const file of readdirSync(folder)) {
  if (!Object.hasOwn(english, path.basename(file, '.wav'))) rmSync(path.join(folder, file))
}
rmSync(scratch, { recursive: true })
console.log(`${Object.keys(english).length} prompts in ${path.relative(process.cwd(), folder)}`)

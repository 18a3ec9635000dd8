import { randomBytes } from 'node:crypto'
import { asError } from '../../core/errors.ts'
import { openDatabase } from '../../store/database.ts'
import { loadOrCreateKey } from '../../store/secret-key.ts'

// Opens the key or the database of a data directory and says what came of it.
const [what, dataDir = ''] = process.argv.slice(2)
try {
  if (what === 'key') await loadOrCreateKey(dataDir)
  else await openDatabase({ url: 'sqlite:strowger.db', dataDir, key: randomBytes(32) })
  process.stdout.write('opened\n')
} catch (thrown) {
  const { name, message } = asError(thrown)
  process.stdout.write(`${name}: ${message}\n`)
  process.exitCode = 1
}

/**
 * Makes a clone ready: dependencies and build, and with `--test` the Debian packages the tests need.
 * Does only what is missing and says nothing when nothing is. Uses nothing but Node.
 */
import process from 'node:process'

const oldest = { major: 20, minor: 19 }

function isNodeTooOld() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  return major < oldest.major || (major === oldest.major && minor < oldest.minor)
}

async function setUp(forTests) {
  const { Complaint } = await import('./setup/say.mjs')
  const { ensureDependencies } = await import('./setup/dependencies.mjs')
  const { ensureTestPackages } = await import('./setup/debian-packages.mjs')
  const { ensureBuild } = await import('./setup/build.mjs')
  try {
    await ensureDependencies()
    // The test run builds by itself, so that a type error is counted as a failure.
    if (forTests) await ensureTestPackages()
    else await ensureBuild()
  } catch (thrown) {
    if (!(thrown instanceof Complaint)) throw thrown
    console.error(thrown.message)
    process.exitCode = 1
  }
}

if (isNodeTooOld()) {
  console.error(
    `Strowger needs Node.js ${oldest.major}.${oldest.minor} or newer; this is ${process.versions.node}. See https://nodejs.org/`,
  )
  process.exitCode = 1
} else {
  await setUp(process.argv.includes('--test'))
}

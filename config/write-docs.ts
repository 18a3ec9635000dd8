import { writeFileSync } from 'node:fs'
import { renderConfigDocs, renderEnvExample } from './render-docs.ts'

// `npm run docs`, from the root of the repository.
writeFileSync('docs/configuration.md', renderConfigDocs())
writeFileSync('.env.example', renderEnvExample())

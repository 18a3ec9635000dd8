import { configKeys, type ConfigKey } from './config-keys.ts'

const intro = `<!-- Made from the schema in config/ by \`npm run docs\`; edit that instead. -->

# Configuration

Strowger starts without any. What should differ from the defaults stands in \`strowger.yaml\` in the directory it is started in, or in environment
variables, which win over the file; an empty variable counts as none. Everything is checked at the start: each wrong value, unknown key and
mistyped variable is named at once, with what is allowed. \`.env.example\` lists the variables in the form that \`docker run --env-file\`,
systemd's \`EnvironmentFile=\` and \`node --env-file\` read.

\`\`\`yaml
# strowger.yaml
http:
  port: 80
sip:
  domain: pbx.example.org
  listen: [udp:192.0.2.10:5060, tcp:192.0.2.10:5060]
media:
  ports: 20000-20999
\`\`\`
`

const sections: Readonly<Record<string, string>> = {
  dataDir: 'Data',
  http: 'Web and API',
  https: 'Web and API over TLS',
  database: 'Database',
  sip: 'SIP',
  media: 'Media',
  admin: 'First administrator',
  log: 'Log',
  limits: 'Limits',
}

const notes: Readonly<Record<string, string>> = {
  sip: `
A listening point is \`protocol:address:port\`: protocol \`udp\`, \`tcp\` or \`tls\`, an IPv6 address in brackets (\`udp:[::]:5060\`). In YAML \`sip.listen\` may
also be a list. TLS is not served by this release, so the default has UDP and TCP only.
`,
  database: `
SQLite serves one machine and needs no care. For PostgreSQL make an empty database and give its URL; the tables are made at the start. Keep
\`secret.key\` of the data directory with the backups of the database: the SIP passwords in it cannot be read without that file.
`,
}

/** The text of `docs/configuration.md`. */
export function renderConfigDocs(): string {
  const parts = Object.entries(sections).map(([section, title]) => {
    const keys = configKeys.filter(({ path }) => path[0] === section)
    const head = '| key | environment | default | what it is | allowed |\n|---|---|---|---|---|\n'
    return `\n## ${title}\n\n${head}${keys.map(tableRow).join('')}${notes[section] ?? ''}`
  })
  return intro + parts.join('')
}

/** The text of `.env.example`. */
export function renderEnvExample(): string {
  const head = '# Made from the schema in config/ by `npm run docs`. What is set here wins over strowger.yaml.\n'
  return head + configKeys.map(envEntry).join('')
}

function tableRow(key: ConfigKey): string {
  const cells = [`\`${key.name}\``, `\`${key.variable}\``, defaultCell(key), key.about, key.allowed]
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`
}

function defaultCell({ defaultText, defaultValue }: ConfigKey): string {
  return defaultText ?? `\`${defaultValue ?? ''}\``
}

function envEntry(key: ConfigKey): string {
  const plain = key.defaultText?.replaceAll('`', '')
  const about = plain === undefined ? key.about : `${key.about} Default: ${plain}.`
  return `\n# ${about}\n#${key.variable}=${key.defaultValue ?? key.example ?? ''}\n`
}

/** What programs call themselves that look for exchanges to break into. Tools of honest testers are not among them. */
const names = [
  'friendly-scanner',
  'friendly-request',
  'sipvicious',
  'sip-?scan',
  'sipcli',
  'sippts',
  'siparmyknife',
  'sivus',
  'sundayddr',
  'pplsip',
  'vax(sip|ip)useragent',
  'vaxasip',
  '^iwar\\b',
  '^smap\\b',
]

const pattern = new RegExp(names.join('|'), 'i')

/** @param userAgent the User-Agent header's value */
export function isScanner(userAgent: string): boolean {
  return pattern.test(userAgent)
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** Text for an element or an attribute of XML 1.0; what it cannot hold becomes a space. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (mark) => entities[mark] ?? mark).replace(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu, ' ')
}

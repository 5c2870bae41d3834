/**
 * Whether the proxy of the environment (`HTTPS_PROXY`) serves a host. The vendor's SDK sends everything through it, also to this
 * machine, and ignores `NO_PROXY`; we go to this machine and to what `NO_PROXY` names directly.
 */
export function isProxied(host: string, noProxy: string | undefined): boolean {
  if (host === 'localhost' || host === '[::1]' || host.startsWith('127.')) return false
  const exceptions = (noProxy ?? '').split(/[\s,]+/).filter(name => name !== '')
  return !exceptions.some(name => name === '*' || host === name || host.endsWith(`.${name.replace(/^\*?\./, '')}`))
}

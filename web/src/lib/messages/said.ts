// What the server says in sentences of its own: it speaks English; in another language its codes stand for them.
import { maybe } from './index';
import { locale } from './locale';

/** The sentence for a code, such as that of a problem document or of a recording that failed. */
export function said(of: 'problem' | 'failure', code: string, detail: string): string {
  if (detail !== '' && locale().startsWith('en')) return detail;
  return maybe(`${of}.${code}`) ?? detail;
}

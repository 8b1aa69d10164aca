// What the server says in sentences of its own: it speaks English; in another language its codes stand for them.
import { maybe, t } from './index';
import { locale } from './locale';

const serves = (detail: string): boolean => detail !== '' && locale().startsWith('en');

/** The sentence for a code, such as that of a problem document or of a recording that failed. */
export function said(of: 'problem' | 'failure', code: string, detail: string): string {
  if (serves(detail)) return detail;
  return maybe(`${of}.${code}`) ?? detail;
}

/** The sentence for what is wrong with one field. */
export function saidOfField(name: string, code: string, detail: string): string {
  if (serves(detail)) return detail;
  return maybe(`field.${name}.${code}`) ?? maybe(`field.${code}`) ?? t('field.invalid');
}

// Die Seiten vor dem Anmelden.
import type { auth as english } from '../en/auth';
import type { Like } from '../types';

export const auth = {
  'auth.signIn': 'Anmelden',
  'auth.signingIn': 'Wird angemeldet …',
  'auth.signInLede': 'Die Updates deines Teams, wann es dir passt.',
  'auth.signUp': 'Konto anlegen',
  'auth.signUpLede': 'Nimm auf, wann es dir passt; dein Team sieht es, wann es ihm passt.',
  'auth.firstLede': 'Du bist hier die erste Person: Dieses Konto verwaltet die Instanz.',
  'auth.closedTitle': 'Konten gibt es auf Einladung',
  'auth.closedLede': 'Bitte einen Admin deines Arbeitsbereichs um einen Einladungslink.',
  'auth.haveAccount': 'Du hast schon ein Konto?',
  'auth.name': 'Dein Name',
  'auth.email': 'E-Mail',
  'auth.password': 'Passwort',
  'auth.passwordHint': 'Mindestens 8 Zeichen.',
  'auth.newPassword': 'Neues Passwort',
  'auth.workspace': 'Arbeitsbereich',
  'auth.workspaceHint': 'Meist der Name deiner Firma oder Gruppe.',
  'auth.zone': 'Zeitzone',
  'auth.code': 'Einrichtungscode',
  'auth.codeHint': 'Der Server hat ihn beim Start ausgegeben.',
  'auth.create': 'Konto anlegen',
  'auth.creating': 'Wird angelegt …',
  'auth.forgot': 'Passwort vergessen?',
  'auth.forgotTitle': 'Ein neues Passwort',
  'auth.forgotLede': 'Wir schicken dir einen Link, mit dem du ein neues setzt.',
  'auth.forgotSent':
    'Wenn es ein Konto mit dieser Adresse gibt, ist ein Link unterwegs. Er gilt eine Stunde lang.',
  'auth.sendLink': 'Link schicken',
  'auth.back': 'Zurück zum Anmelden',
  'auth.resetTitle': 'Neues Passwort setzen',
  'auth.resetDone': 'Dein neues Passwort gilt. Du wurdest überall abgemeldet.',
  'auth.setPassword': 'Passwort setzen',
  'auth.or': 'oder',
  'auth.continueWith': 'Weiter mit {label}',
  'auth.oidc.cancelled': 'Du hast es abgebrochen. Es hat sich nichts geändert.',
  'auth.oidc.ended':
    'Diese Anmeldung wurde in einem anderen Browser begonnen, ist verbraucht oder hat zu lange gedauert. Beginne sie neu.',
  'auth.oidc.unreachable':
    'Der Anmeldedienst antwortet nicht. Versuche es noch einmal oder melde dich mit deinem Passwort an.',
  'auth.oidc.refused':
    'Der Antwort des Anmeldedienstes war nicht zu trauen. Beginne neu; bleibt es dabei, sag es der Administration.',
  'auth.oidc.unverified':
    'Der Anmeldedienst bestätigt deine E-Mail-Adresse nicht. Bestätige sie zuerst dort.',
  'auth.oidc.domain': 'Adressen deiner Domain können sich hier nicht anmelden.',
  'auth.oidc.no_account':
    'Du hast noch kein Konto. Bitte die Administration deines Arbeitsbereichs um einen Einladungslink.',
  'auth.oidc.other_identity':
    'Das Konto mit deiner Adresse gehört zu einer anderen Identität des Anmeldedienstes. Sag es der Administration.',
  'auth.oidc.failed': 'Die Anmeldung hat nicht geklappt. Versuche es gleich noch einmal.',
  'invite.title': '{workspace} beitreten',
  'invite.lede': 'Dort teilt dein Team Updates, die du ansiehst, liest und beantwortest, wann es dir passt.',
  'invite.accept': 'Als {name} beitreten',
  'invite.endedTitle': 'Diese Einladung gilt nicht mehr',
  'invite.endedLede': 'Sie wurde benutzt, zurückgezogen oder ist zu alt. Bitte um eine neue.',
} satisfies Like<typeof english>;

// Die Aufnahme im Browser.
import type { record as english } from '../en/record';
import { plural } from '../plural';
import type { Like, Params } from '../types';

export const record = {
  'record.title': 'Update aufnehmen',
  'record.lede':
    'Was du aufnimmst, wird gesendet, während du sprichst, und bleibt in diesem Browser, bis es angekommen ist.',
  'record.answering': 'Deine Antwort an {name}: {title}',
  'record.stage': 'Aufnahme',
  'record.source': 'Was aufgenommen wird',
  'record.source.both': 'Bildschirm und Kamera',
  'record.source.screen': 'Bildschirm',
  'record.source.camera': 'Kamera',
  'record.source.board': 'Whiteboard',
  'record.source.voice': 'Nur Stimme',
  'record.sourceHint.both': 'Ein Fenster, ein Tab oder der ganze Bildschirm, mit dir in einem runden Bild.',
  'record.sourceHint.screen': 'Ein Fenster, ein Tab oder der ganze Bildschirm, mit deiner Stimme.',
  'record.sourceHint.camera': 'Du, mit Blick auf dein Team.',
  'record.sourceHint.board': 'Eine weiße Fläche, auf der du beim Sprechen zeichnest.',
  'record.sourceHint.voice': 'Wie eine Sprachnachricht: ohne Bild.',
  'record.team': 'Team',
  'record.updateTitle': 'Titel',
  'record.titleHint': 'Freiwillig: Sonst wird der erste Satz zum Titel.',
  'record.camera': 'Kamera',
  'record.microphone': 'Mikrofon',
  'record.device': 'Gerät {n}',
  'record.noDevices': 'Bekannt, sobald du es erlaubst',
  'record.level': 'Lautstärke des Mikrofons',
  'record.silent': 'Es ist nichts zu hören. Ist das richtige Mikrofon gewählt und eingeschaltet?',
  'record.screenSound': 'Ton des Bildschirms',
  'record.screenSoundHint': 'Wo der Browser ihn teilt: meist den eines Tabs.',
  'record.countdown': 'Von drei herunterzählen',
  'record.live': 'Live teilen',
  'record.liveHint': 'Von der ersten Sekunde an veröffentlicht: {team} kann zusehen, während du sprichst.',
  'record.draftHint': 'Wird ein Entwurf, den nur du siehst, bis du ihn veröffentlichst.',
  'record.start': 'Aufnahme starten',
  'record.starting': 'Der Browser wird gefragt',
  'record.choose': 'Wählen, was gezeigt wird',
  'record.allow': 'Kamera und Mikrofon einschalten',
  'record.allowVoice': 'Mikrofon einschalten',
  'record.another': 'Etwas anderes zeigen',
  'record.preview': 'Vorschau deiner Kamera, gespiegelt; andere sehen dich richtig herum',
  'record.previewScreen': 'Vorschau deines Bildschirms',
  'record.empty.screen':
    'Wähl ein Fenster, einen Tab oder den ganzen Bildschirm. Vor dem Start wird nichts aufgenommen.',
  'record.empty.camera': 'Die Kamera ist aus. Vor dem Start wird nichts aufgenommen.',
  'record.empty.voice': 'Das Mikrofon ist aus. Vor dem Start wird nichts aufgenommen.',
  'record.voiceOn': 'Sprich: Deine Stimme bewegt diese Linien.',
  'record.bubble': 'Kamerabild: Verschieb es mit den Pfeiltasten oder zieh es',
  'record.counting': 'Die Aufnahme beginnt in {n}',
  'record.cancel': 'Abbrechen',
  'record.on': 'Aufnahme läuft',
  'record.isPaused': 'Angehalten',
  'record.time': '{time} aufgenommen',
  'record.timeOf': '{time} von höchstens {limit} aufgenommen',
  'record.endsSoon': 'Die längste Zeit ist bald erreicht: noch {left}.',
  'record.limitHint': 'Höchstens {limit} lang.',
  'record.pause': 'Anhalten',
  'record.resume': 'Weiter',
  'record.stop': 'Stopp',
  'record.retake': 'Von vorn',
  'record.retakeAsk': 'Von vorn beginnen?',
  'record.retakeText': 'Was du bisher aufgenommen hast, wird verworfen.',
  'record.tools': 'Zeichnen',
  'record.pen': 'Stift',
  'record.arrow': 'Pfeil',
  'record.undo': 'Letzte Linie zurücknehmen',
  'record.clear': 'Zeichnung löschen',
  'record.colour': 'Farbe',
  'record.colour.0': 'Rot',
  'record.colour.1': 'Gelb',
  'record.colour.2': 'Grün',
  'record.colour.3': 'Blau',
  'record.colour.4': 'Schwarz',
  'record.prompt': 'Frage {n} von {total}',
  'record.next': 'Nächste Frage',
  'record.upNext': 'Danach: {text}',
  'record.keys':
    'Tasten: R startet, Leertaste hält an und macht weiter, S stoppt, P Stift, A Pfeil, X löscht, N nächste Frage.',

  'record.replacing': 'Ein neuer Versuch: Der bisherige Entwurf geht, sobald dieser angekommen ist.',
  'record.sent': 'Alles ist sicher auf dem Server',
  'record.toSend': 'noch {size} zu senden',
  'record.waiting':
    'Der Server ist nicht erreichbar. Die Aufnahme läuft weiter; {size} bleiben in diesem Browser und werden gesendet, wenn er wieder da ist.',
  'record.kept': 'Es sind noch {size} zu senden. Lass diese Seite bis dahin offen oder komm später zurück.',
  'record.unkept':
    'Dieser Browser kann nichts mehr aufheben. Was noch nicht gesendet ist, geht verloren, wenn sich dieser Tab schließt.',
  'record.refused': 'Der Server nimmt diese Aufnahme nicht an. {detail}',
  'record.roomLow': 'In diesem Browser ist wenig Platz. Stell bald die Verbindung her oder stopp.',
  'record.open': 'Entwurf öffnen',
  'record.link': 'Live: Dein Team kann zusehen',
  'record.copyLink': 'Link kopieren',

  'record.interrupted.camera_lost':
    'Die Kamera wurde abgezogen, darum endete die Aufnahme. Alles bis dahin ist da.',
  'record.interrupted.microphone_lost':
    'Das Mikrofon wurde abgezogen. Nichts ist verloren: Mach ohne Ton weiter oder stopp hier.',
  'record.interrupted.screen_ended':
    'Du zeigst deinen Bildschirm nicht mehr, darum endete die Aufnahme. Alles ist da.',
  'record.interrupted.bubble_lost': 'Die Kamera wurde abgezogen. Die Aufnahme läuft ohne dein Bild weiter.',
  'record.interrupted.limit': 'Die längste Zeit ist erreicht, darum endete die Aufnahme. Alles ist da.',
  'record.interrupted.no_room':
    'Dieser Browser hat keinen Platz für mehr, darum endete die Aufnahme. Alles bis dahin ist da.',
  'record.interrupted.browser': 'Der Browser hat die Aufnahme beendet. Alles bis dahin ist da.',

  'record.failed.camera_refused':
    'Der Browser durfte die Kamera nicht benutzen. Erlaub es neben der Adresse und versuch es noch einmal; oder nimm nur die Stimme auf.',
  'record.failed.microphone_refused':
    'Der Browser durfte das Mikrofon nicht benutzen. Erlaub es neben der Adresse und versuch es noch einmal.',
  'record.failed.screen_refused':
    'Es wurde nichts zum Zeigen gewählt. Wähl ein Fenster, einen Tab oder den Bildschirm.',
  'record.failed.camera_missing':
    'Es gibt keine Kamera. Schließ eine an oder nimm Bildschirm oder Stimme auf.',
  'record.failed.microphone_missing': 'Es gibt kein Mikrofon. Schließ eins an und versuch es noch einmal.',
  'record.failed.screen_missing':
    'Dieser Browser kann seinen Bildschirm nicht zeigen. Nimm stattdessen Kamera oder Stimme auf.',
  'record.failed.camera_busy':
    'Ein anderes Programm benutzt die Kamera. Schließ es dort und versuch es noch einmal.',
  'record.failed.microphone_busy':
    'Ein anderes Programm benutzt das Mikrofon. Schließ es dort und versuch es noch einmal.',
  'record.failed.screen_busy':
    'Der Bildschirm ließ sich nicht lesen. Versuch ein anderes Fenster oder einen anderen Tab.',
  'record.failed.no_format':
    'Dieser Browser kann das nicht aufnehmen. Versuch es nur mit Stimme oder lad eine Datei hoch.',
  'record.failed.unknown':
    'Die Aufnahme ließ sich nicht starten. Versuch es noch einmal oder lad eine Datei hoch.',

  'record.insecure':
    'Diese Seite wurde über einfaches http geöffnet, und Browser geben Kamera, Mikrofon und Bildschirm nur sicheren Adressen (https oder localhost). Frag, wer diesen Server betreut, nach der https-Adresse, oder lad eine Aufnahme hoch.',
  'record.unsupported':
    'Dieser Browser kann nicht aufnehmen. Nimm ein aktuelles Chrome, Edge oder Firefox, oder lad eine Aufnahme hoch.',
  'record.upload': 'Aufnahme hochladen',
  'record.needTeam': 'Updates gehen an Teams. Leg eins an oder tritt einem offenen bei.',
  'record.leaveAsk': 'Während der Aufnahme gehen?',
  'record.leaveText': 'Die Aufnahme endet hier. Was du gesagt hast, bleibt als Entwurf.',
  'record.leave': 'Beenden und gehen',

  'record.left': 'Eine Aufnahme ist noch nicht gesendet',
  'record.leftText': ({ title, when, length }: Params) =>
    `${String(title) === '' ? 'Eine Aufnahme' : `„${title}“`} von ${when}, ${length} lang, brach ab, als sich ihre Seite schloss. Was aufgenommen wurde, ist in diesem Browser.`,
  'record.leftSend': 'Weiter senden',
  'record.leftKeep': 'Für später behalten',
  'record.leftDiscard': 'Verwerfen',
  'record.leftDiscardAsk': 'Die Aufnahme verwerfen?',
  'record.leftDiscardText': 'Sie und ihr Entwurf werden verworfen. Das lässt sich nicht rückgängig machen.',
  'record.leftElsewhere': 'Ein anderer Tab sendet sie schon.',
  'record.leftSeconds': ({ n }: Params) => plural(n, 'eine Sekunde', '{n} Sekunden'),
  'record.sending': 'Eine Aufnahme wird gesendet: noch {size}',
  'record.sendingWaits': 'Eine Aufnahme wartet auf den Server: noch {size}',
  'record.sendingDone': 'Die Aufnahme ist angekommen.',
} satisfies Like<typeof english>;

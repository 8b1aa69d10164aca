// The API's shapes by the names that the app uses. They follow schema.d.ts, which `npm run types` makes from the
// server's document; nothing is described here a second time.
import type { components } from './schema';

type Schemas = components['schemas'];

/** A page of a list. The document names one for each kind of entry. */
export interface Page<T> extends Omit<Schemas['Page_Team'], 'items'> {
  items: T[];
}

export type WorkspaceRole = Schemas['WorkspaceRole'];
export type TeamRole = Schemas['TeamRole'];
export type Scope = Schemas['Scope'];
export type WorkingHours = Schemas['WorkingHours'];
export type Membership = Schemas['Membership'];
export type Me = Schemas['Me'];
export type SignedIn = Schemas['SignedIn'];
export type Instance = Schemas['Instance'];
export type Workspace = Schemas['Workspace'];
export type Member = Schemas['Member'];
export type Team = Schemas['Team'];
export type TeamMember = Schemas['TeamMember'];
export type Invite = Schemas['Invite'];
export type Person = Schemas['PersonView'];
export type UpdateStatus = Schemas['UpdateStatus'];
export type TranscriptStatus = Schemas['TranscriptStatus'];
export type Update = Schemas['Update'];
export type Hit = Schemas['HitView'];
export type Ask = Schemas['Ask'];
export type Correction = Schemas['CorrectionView'];
export type Found = Schemas['FoundUpdate'];
export type SearchAnswer = Schemas['SearchAnswer'];
export type SessionRow = Schemas['Session'];
export type ApiToken = Schemas['ApiToken'];
export type FieldError = Schemas['FieldError'];
export type Problem = Schemas['Problem'];
export type AuditEntry = Schemas['AuditEntry'];
export type Retention = Schemas['Retention'];
export type Export = Schemas['Export'];
export type Job = Schemas['Job'];
export type Workers = Schemas['Workers'];
export type Storage = Schemas['Storage'];
export type OutboxMail = Schemas['OutboxMail'];

// The working agreement, as the API has it.
import type { components } from '$lib/api/schema';

type Schemas = components['schemas'];
export type Agreement = Schemas['AgreementView'];
export type AgreementFields = Schemas['Agreement'];

/** What is sent of an agreement that was read. */
export function fieldsOf(read: Agreement): AgreementFields {
  return {
    reply_within_working_hours: read.reply_within_working_hours,
    acknowledge_within_minutes: read.acknowledge_within_minutes,
    urgent_contact: read.urgent_contact,
    backup_contact: read.backup_contact,
    call_url: read.call_url,
    goes_async: read.goes_async,
    goes_live: read.goes_live,
    text: read.text,
    pinned_update_ids: read.pinned_update_ids,
  };
}

//! One file a table. Instants are milliseconds since 1970 UTC, lists and objects JSON texts.
#![expect(
    unreachable_pub,
    reason = "the derives of sea-orm need public models; columns are explained in the SQL"
)]

pub(crate) mod absences;
pub(crate) mod api_tokens;
pub(crate) mod artefacts;
pub(crate) mod audience_members;
pub(crate) mod audiences;
pub(crate) mod audit_log;
pub(crate) mod check_ins;
pub(crate) mod comment_history;
pub(crate) mod comments;
pub(crate) mod consumers;
pub(crate) mod events;
pub(crate) mod exports;
pub(crate) mod feeds;
pub(crate) mod holiday_feeds;
pub(crate) mod idempotency_keys;
pub(crate) mod identities;
pub(crate) mod invites;
pub(crate) mod jobs;
pub(crate) mod mails;
pub(crate) mod media_generations;
pub(crate) mod members;
pub(crate) mod notification_items;
pub(crate) mod notification_settings;
pub(crate) mod notifications;
pub(crate) mod password_resets;
pub(crate) mod plan_items;
pub(crate) mod reactions;
pub(crate) mod rendition_inits;
pub(crate) mod renditions;
pub(crate) mod retention;
pub(crate) mod round_members;
pub(crate) mod round_notices;
pub(crate) mod rounds;
pub(crate) mod search_rows;
pub(crate) mod segments;
pub(crate) mod sessions;
pub(crate) mod share_links;
pub(crate) mod sign_in_attempts;
pub(crate) mod suggestions;
pub(crate) mod team_members;
pub(crate) mod teams;
pub(crate) mod transcript_segments;
pub(crate) mod transcripts;
pub(crate) mod updates;
pub(crate) mod upload_chunks;
pub(crate) mod uploads;
pub(crate) mod urgent_uses;
pub(crate) mod users;
pub(crate) mod watches;
pub(crate) mod webhook_deliveries;
pub(crate) mod webhooks;
pub(crate) mod workers;
pub(crate) mod workspaces;

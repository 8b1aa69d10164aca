//! Whose account an identity opens: its own; else that of its verified address; else a new one.

use meridian_config::Oidc;
use meridian_domain::enums::WorkspaceRole;
use meridian_domain::ids::UserId;
use meridian_store::Tx;
use meridian_store::repo::identities::{self, Attempt};
use meridian_store::repo::users::NewUser;
use meridian_store::repo::{access, invites, users, workspaces};
use serde_json::json;

use super::Refusal;
use crate::auth::oidc::Identity;
use crate::endpoints::workspaces::audit_log::note;
use crate::http::check;

/// Who comes in.
pub struct Found {
    /// The account.
    pub user: UserId,
    /// It was made by an invitation.
    pub invited: bool,
}

/// The account that an identity opens.
///
/// # Errors
/// Why it opens none.
pub async fn find_or_make(
    tx: &Tx,
    settings: &Oidc,
    identity: &Identity,
    attempt: &Attempt,
) -> Result<Found, Refusal> {
    let known = match identities::owner(tx, &settings.issuer, &identity.subject).await? {
        Some(user) if access::user_is_active(tx, user).await? => Some(user),
        _ => None,
    };
    // Who is known by the provider's id needs no address, unless only some domains may come in.
    if let (Some(user), true) = (known, settings.domains.is_empty()) {
        return Ok(Found { user, invited: false });
    }
    let email = identity.email.as_deref().filter(|_| identity.email_verified);
    let email = email.filter(|email| check::email(email, &()).is_ok()).ok_or(Refusal::NoVerifiedEmail)?;
    if !settings.admits(email) {
        return Err(Refusal::OtherDomain);
    }
    if let Some(user) = known {
        return Ok(Found { user, invited: false });
    }
    match users::by_email(tx, email).await? {
        Some(user) => {
            link(tx, settings, identity, user.id).await?;
            Ok(Found { user: user.id, invited: false })
        }
        None => make(tx, settings, identity, email, attempt).await,
    }
}

/// The provider vouches for the address, which nobody has done before: what let somebody in until now ends, since it
/// may have been somebody else who signed up with it.
async fn link(tx: &Tx, settings: &Oidc, identity: &Identity, user: UserId) -> Result<(), Refusal> {
    // An address that was given to another person at the provider does not take the account along.
    if identities::has_one(tx, &settings.issuer, user).await? {
        return Err(Refusal::OtherIdentity);
    }
    users::end_unproven(tx, user).await?;
    identities::link(tx, &settings.issuer, &identity.subject, user).await?;
    for workspace in workspaces::list(tx, user).await? {
        let details = json!({"issuer": settings.issuer});
        note(tx, workspace.id, user, "member.identity_linked", user, details).await?;
    }
    Ok(())
}

async fn make(
    tx: &Tx,
    settings: &Oidc,
    identity: &Identity,
    email: &str,
    attempt: &Attempt,
) -> Result<Found, Refusal> {
    let invite = match &attempt.invite_hash {
        Some(hash) => invites::by_hash(tx, hash, tx.clock().now_ms()).await?,
        None => None,
    };
    let invite = invite
        .filter(|invite| invite.email.as_ref().is_none_or(|wanted| *wanted == users::normal_email(email)));
    let open = match settings.workspace {
        Some(id) => workspaces::name(tx, id).await?.map(|_| id),
        None => None,
    };
    if invite.is_none() && open.is_none() {
        return Err(Refusal::NoAccount);
    }
    let new = NewUser {
        email: email.to_owned(),
        display_name: display_name(identity, email),
        password_hash: None,
        time_zone: attempt.time_zone.clone(),
    };
    let user = users::create(tx, new).await?.id;
    identities::link(tx, &settings.issuer, &identity.subject, user).await?;
    let (workspace, details) = if let Some(invite) = &invite {
        if !invites::accept(tx, invite, user).await? {
            return Err(Refusal::NoAccount);
        }
        let details = json!({"role": invite.role, "invite_id": invite.id, "issuer": settings.issuer});
        (invite.workspace_id, details)
    } else {
        let id = open.ok_or(Refusal::NoAccount)?;
        workspaces::add_member(tx, id, user, WorkspaceRole::Member).await?;
        (id, json!({"role": WorkspaceRole::Member, "issuer": settings.issuer}))
    };
    note(tx, workspace, user, "member.joined", user, details).await?;
    Ok(Found { user, invited: invite.is_some() })
}

/// What the provider calls them, or the address up to its sign.
fn display_name(identity: &Identity, email: &str) -> String {
    let told = identity.name.as_deref().unwrap_or_default();
    let clean = |text: &str| -> String {
        text.chars().filter(|c| !c.is_control()).take(120).collect::<String>().trim().to_owned()
    };
    let name = clean(told);
    if name.is_empty() { clean(email.split('@').next().unwrap_or(email)) } else { name }
}

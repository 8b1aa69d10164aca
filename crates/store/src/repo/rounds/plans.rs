//! Plans that are carried from round to round until they are done or dropped.

use jiff::civil::Date;
use meridian_domain::enums::{PlanState, UpdateKind};
use meridian_domain::ids::{CheckInId, CommentId, PlanItemId, RoundId, UpdateId, UserId};
use meridian_domain::rounds::prompts;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder};

use super::Round;
use crate::entity::{plan_items, rounds};
use crate::repo::updates::RowUpdate;
use crate::{Conn, StoreError, Tx};

/// Somebody's plan.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of the table and of api.md")]
pub struct PlanItem {
    pub id: PlanItemId,
    pub check_in_id: CheckInId,
    pub from_round_id: RoundId,
    pub user_id: UserId,
    pub update_id: UpdateId,
    /// The action that was accepted from a transcript.
    pub comment_id: Option<CommentId>,
    pub text: String,
    pub state: PlanState,
    /// When it was done or dropped, in milliseconds since 1970.
    pub settled_at: Option<i64>,
    /// A goal: until when.
    pub due_on: Option<Date>,
    /// A goal: since when, in milliseconds since 1970.
    pub pinned_at: Option<i64>,
}

fn from_row(row: plan_items::Model) -> Result<PlanItem, StoreError> {
    Ok(PlanItem {
        id: row.id.into(),
        check_in_id: row.check_in_id.into(),
        from_round_id: row.from_round_id.into(),
        user_id: row.user_id.into(),
        update_id: row.update_id.into(),
        comment_id: row.comment_id.map(Into::into),
        text: row.text,
        state: row.state.parse()?,
        settled_at: row.settled_at,
        due_on: row.due_on.map(|text| text.parse()).transpose()?,
        pinned_at: row.pinned_at,
    })
}

/// The plans that a round begins with: from earlier rounds of the check-in, open or settled since it opened.
pub async fn carried_over(conn: &impl Conn, round: &Round) -> Result<Vec<PlanItem>, StoreError> {
    let items = plans(conn, round).await?;
    Ok(items.into_iter().filter(|item| item.from_round_id != round.id).collect())
}

/// The goals of a round, of its [`plans`]: those that were pinned before it closed; what is due first comes first.
pub fn goals(round: &Round, plans: &[PlanItem]) -> Vec<PlanItem> {
    let closed = round.closed_at.unwrap_or(i64::MAX);
    let is_goal = |item: &&PlanItem| item.due_on.is_some() && item.pinned_at.is_some_and(|at| at < closed);
    let mut items: Vec<PlanItem> = plans.iter().filter(is_goal).cloned().collect();
    items.sort_by_key(|item| item.due_on);
    items
}

/// The plans that a round begins with or that were made in it: of the check-in, for the same people, open or settled
/// since it opened.
pub async fn plans(conn: &impl Conn, round: &Round) -> Result<Vec<PlanItem>, StoreError> {
    // As the index of plans by their end has it.
    let open = Expr::cust_with_values(
        "COALESCE(plan_items.settled_at, 9223372036854775807) >= ?",
        [round.opened_at],
    );
    let earlier = Expr::cust_with_values(
        "EXISTS (SELECT 1 FROM rounds r WHERE r.id = plan_items.from_round_id AND r.check_in_id = ? \
         AND r.held_on <= ? AND r.audience_id = ?)",
        [
            sea_orm::Value::from(round.check_in_id.0),
            round.date.to_string().into(),
            round.audience_id.0.into(),
        ],
    );
    let rows = plan_items::Entity::find()
        .filter(
            Condition::all()
                .add(plan_items::Column::CheckInId.eq(round.check_in_id.0))
                .add(open)
                .add(earlier),
        )
        .order_by_asc(plan_items::Column::CreatedAt)
        .order_by_asc(plan_items::Column::Id)
        .all(conn.raw())
        .await?;
    rows.into_iter().map(from_row).collect()
}

/// One plan.
pub async fn plan_item(conn: &impl Conn, id: PlanItemId) -> Result<Option<PlanItem>, StoreError> {
    plan_items::Entity::find_by_id(id.0).one(conn.raw()).await?.map(from_row).transpose()
}

/// Pins a plan as a goal with a date, or changes the date; `None` unpins it.
pub async fn pin_plan(tx: &Tx, item: &PlanItem, due_on: Option<Date>, by: UserId) -> Result<(), StoreError> {
    let at = due_on.map(|_| item.pinned_at.unwrap_or_else(|| tx.clock().now_ms()));
    plan_items::Entity::update_many()
        .col_expr(plan_items::Column::DueOn, Expr::value(due_on.map(|date| date.to_string())))
        .col_expr(plan_items::Column::PinnedAt, Expr::value(at))
        .col_expr(plan_items::Column::PinnedBy, Expr::value(due_on.map(|_| by.0)))
        .filter(plan_items::Column::Id.eq(item.id.0))
        .exec(tx.raw())
        .await?;
    Ok(())
}

/// Marks a plan done or dropped, or opens it again.
pub async fn settle_plan(tx: &Tx, id: PlanItemId, state: PlanState) -> Result<(), StoreError> {
    let at = (state != PlanState::Open).then(|| tx.clock().now_ms());
    plan_items::Entity::update_many()
        .col_expr(plan_items::Column::State, Expr::value(state.as_str()))
        .col_expr(plan_items::Column::SettledAt, Expr::value(at))
        .filter(plan_items::Column::Id.eq(id.0))
        .exec(tx.raw())
        .await?;
    Ok(())
}

async fn insert(
    tx: &Tx,
    round: &Round,
    update: &RowUpdate,
    comment: Option<CommentId>,
    text: &str,
    position: i64,
) -> Result<(), StoreError> {
    let row = plan_items::Model {
        id: PlanItemId::new(tx.clock()).0,
        check_in_id: round.check_in_id.0,
        from_round_id: round.id.0,
        user_id: update.author_id.0,
        update_id: update.id.0,
        comment_id: comment.map(|id| id.0),
        text: text.to_owned(),
        state: PlanState::Open.as_str().to_owned(),
        settled_at: None,
        // Plans of one answer keep their order: ids of one millisecond have none.
        created_at: tx.clock().now_ms().saturating_add(position),
        due_on: None,
        pinned_at: None,
        pinned_by: None,
    };
    let active: plan_items::ActiveModel = row.into();
    plan_items::Entity::insert(active).exec_without_returning(tx.raw()).await?;
    Ok(())
}

/// Takes the plans out of a written answer: what stands under prompts that ask for plans.
pub(super) async fn take_plans(tx: &Tx, round: &Round, update: &RowUpdate) -> Result<(), StoreError> {
    if update.kind != UpdateKind::Text {
        return Ok(());
    }
    let asks = |id: &str| {
        let prompt = round.prompts.iter().find(|prompt| prompt.id == id);
        prompt.is_some_and(|prompt| prompts::asks_for_plans(&prompt.text))
    };
    let sections = prompts::sections(&update.body, &round.prompts);
    let plans = sections.iter().filter(|(prompt, _)| asks(prompt)).flat_map(|(_, text)| prompts::plans(text));
    for (position, plan) in (0..).zip(plans) {
        insert(tx, round, update, None, &plan, position).await?;
    }
    Ok(())
}

/// Keeps the plan that somebody accepted from the transcript of an answer to a round; of other updates nothing is kept.
pub async fn plan_from_suggestion(
    tx: &Tx,
    update: &RowUpdate,
    comment: CommentId,
    text: &str,
) -> Result<(), StoreError> {
    let Some(id) = update.round_id else { return Ok(()) };
    let found = rounds::Entity::find_by_id(id.0).one(tx.raw()).await?;
    match found.map(super::from_row).transpose()? {
        Some(round) => insert(tx, &round, update, Some(comment), text, 0).await,
        None => Ok(()),
    }
}

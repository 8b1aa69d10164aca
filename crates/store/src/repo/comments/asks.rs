//! Comments across updates: asks of a person or a team, decisions, answered questions. Only those on updates that the
//! viewer sees.

use std::collections::HashMap;

use meridian_domain::enums::CommentKind;
use meridian_domain::ids::{CommentId, TeamId, UserId};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{CommentKey, RowComment, find_all, row};
use crate::entity::comments::{self, Column};
use crate::entity::updates;
use crate::repo::visibility;
use crate::{Conn, StoreError, search};

/// Which of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AskState {
    /// Not resolved.
    Open,
    /// Resolved.
    Resolved,
    /// Both.
    #[default]
    All,
}

/// How many of a team's answers are compared with a question; the newest.
const COMPARED: u64 = 2_000;

/// In which order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// What waits longest first.
    OldestFirst,
    /// The newest first.
    NewestFirst,
}

/// What a list of comments is narrowed to.
#[derive(Clone, Debug)]
pub struct AskFilter {
    /// On updates of this team.
    pub team: Option<TeamId>,
    /// Addressed to this person.
    pub assignee: Option<UserId>,
    /// Only what is addressed to somebody.
    pub addressed: bool,
    /// Of these kinds.
    pub kinds: Vec<CommentKind>,
    /// Open, resolved or both.
    pub state: AskState,
    /// Only with an accepted answer.
    pub answered: bool,
    /// In which order.
    pub order: Order,
}

/// A page of comments on updates that the viewer sees.
pub async fn asks(
    conn: &impl Conn,
    viewer: UserId,
    filter: &AskFilter,
    after: Option<CommentKey>,
    limit: u64,
) -> Result<Vec<RowComment>, StoreError> {
    let mut seen = Query::select()
        .expr(Expr::val(1))
        .from(updates::Entity)
        .and_where(Expr::cust("updates.id = comments.update_id"))
        .and_where(visibility::sees_update(viewer))
        .to_owned();
    if let Some(team) = filter.team {
        seen.and_where(Expr::col((updates::Entity, updates::Column::TeamId)).eq(team.0));
    }
    // From the team's updates to their comments by index, instead of through all comments there are.
    let of_team = filter.team.map(|team| {
        Query::select()
            .column(updates::Column::Id)
            .from(updates::Entity)
            .and_where(Expr::col(updates::Column::TeamId).eq(team.0))
            .to_owned()
    });
    let mut select = comments::Entity::find()
        .filter(Column::DeletedAt.is_null())
        .filter(Column::Kind.is_in(filter.kinds.iter().map(|kind| kind.as_str())))
        .filter(Expr::exists(seen))
        .limit(limit);
    if let Some(of_team) = of_team {
        select = select.filter(Expr::col((comments::Entity, Column::UpdateId)).in_subquery(of_team));
    }
    if let Some(who) = filter.assignee {
        select = select.filter(Column::AssigneeId.eq(who.0));
    }
    if filter.addressed {
        select = select.filter(Column::AssigneeId.is_not_null());
    }
    if filter.answered {
        select = select.filter(Column::AnswerId.is_not_null());
    }
    select = match filter.state {
        AskState::Open => select.filter(Column::ResolvedAt.is_null()),
        AskState::Resolved => select.filter(Column::ResolvedAt.is_not_null()),
        AskState::All => select,
    };
    let (at, id) = (Expr::col(Column::CreatedAt), Expr::col(Column::Id));
    select = match (filter.order, after) {
        (Order::OldestFirst, Some(CommentKey(then, last))) => {
            select.filter(at.clone().gt(then).or(at.eq(then).and(id.gt(last))))
        }
        (Order::NewestFirst, Some(CommentKey(then, last))) => {
            select.filter(at.clone().lt(then).or(at.eq(then).and(id.lt(last))))
        }
        (_, None) => select,
    };
    select = match filter.order {
        Order::OldestFirst => select.order_by_asc(Column::CreatedAt).order_by_asc(Column::Id),
        Order::NewestFirst => select.order_by_desc(Column::CreatedAt).order_by_desc(Column::Id),
    };
    select.all(conn.raw()).await?.into_iter().map(row::from_model).collect()
}

/// Questions with an accepted answer that a text is like, the likest first; as many of the team's newest as are
/// compared.
pub async fn answers_like(
    conn: &impl Conn,
    viewer: UserId,
    team: TeamId,
    text: &str,
    limit: usize,
) -> Result<Vec<RowComment>, StoreError> {
    let filter = AskFilter {
        team: Some(team),
        assignee: None,
        addressed: false,
        kinds: vec![CommentKind::Question],
        state: AskState::All,
        answered: true,
        order: Order::NewestFirst,
    };
    let questions = asks(conn, viewer, &filter, None, COMPARED).await?;
    let ids: Vec<CommentId> = questions.iter().filter_map(|row| row.answer_id).collect();
    let answers: HashMap<CommentId, String> =
        find_all(conn, &ids).await?.into_iter().map(|row| (row.id, row.body)).collect();
    let texts: Vec<String> = questions
        .iter()
        .map(|row| {
            let answer = row.answer_id.and_then(|id| answers.get(&id)).map_or("", String::as_str);
            format!("{}\n{answer}", row.body)
        })
        .collect();
    let best = search::like(text, &texts);
    Ok(best.into_iter().take(limit).filter_map(|index| questions.get(index).cloned()).collect())
}

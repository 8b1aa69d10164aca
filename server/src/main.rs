//! `meridian-server`: serve, migrate, and the commands of whoever runs it.

use std::net::TcpListener;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use meridian_blobs::Blobs;
use meridian_config::Settings;
use meridian_server::auth::keys::Keys;
use meridian_server::auth::oidc::Provider;
use meridian_server::door::{Door, LAST_REQUESTS};
use meridian_server::events_hub::Hub;
use meridian_server::mail::Mailer;
use meridian_server::operate::{self, Operate, open_blobs, open_store};
use meridian_server::state::{AppState, Parts};
use meridian_server::supervisor::Supervisor;
use meridian_store::Store;
use tokio::task::JoinHandle;

/// Gives back what a password's hash took (19 MiB each time); the system's allocator keeps it.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

const DATABASE: &str = "the database cannot be opened";
const OBJECTS: &str = "the object store cannot be opened";
/// How long the database may take to let go of this process.
const CLOSING: Duration = Duration::from_secs(5);

#[derive(Parser)]
#[command(name = "meridian-server", version, about = "The server of Meridian")]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serves until SIGTERM or SIGINT (the default).
    Serve,
    /// Brings the database up to date and ends.
    Migrate,
    /// Prints the OpenAPI document.
    Openapi,
    /// What whoever runs the instance does by hand.
    Admin {
        #[command(subcommand)]
        command: Admin,
    },
    #[command(flatten)]
    Operate(Operate),
}

#[derive(Subcommand)]
enum Admin {
    /// Prints a link that sets a new password; valid for one hour, once.
    ResetPassword {
        /// The account's address.
        email: String,
    },
}

#[actix_web::main]
async fn main() -> anyhow::Result<ExitCode> {
    let cli = Cli::parse();
    if let Some(Command::Openapi) = cli.command {
        return print_openapi().map(|()| ExitCode::SUCCESS);
    }
    let settings = meridian_config::load()?;
    let telemetry = meridian_telemetry::start(&settings, "meridian-server")?;
    let done = run(settings, cli.command.unwrap_or(Command::Serve)).await;
    telemetry.finish().await;
    done
}

async fn run(settings: Settings, command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve => serve(settings).await?,
        Command::Migrate => {
            let store = open_store(&settings).await.context(DATABASE)?;
            store.migrate().await.context("the migrations failed")?;
        }
        Command::Openapi => {}
        Command::Admin { command: Admin::ResetPassword { email } } => {
            reset_password(settings, &email).await?;
        }
        Command::Operate(command) => return Ok(operate::run(&settings, &command).await?),
    }
    Ok(ExitCode::SUCCESS)
}

#[expect(clippy::print_stdout, reason = "it is what the command is for")]
fn print_openapi() -> anyhow::Result<()> {
    println!("{}", serde_json::to_string_pretty(&meridian_server::app::openapi()?)?);
    Ok(())
}

#[expect(clippy::print_stdout, reason = "it is what the command is for")]
async fn reset_password(settings: Settings, email: &str) -> anyhow::Result<()> {
    let store = open_store(&settings).await.context(DATABASE)?;
    let blobs = open_blobs(&settings).context(OBJECTS)?;
    let state = AppState::new(parts(settings, store, blobs).await?);
    let found =
        meridian_store::repo::users::by_email(state.store.reader(), email).await.context("accounts")?;
    let user = found.with_context(|| format!("there is no account with the address {email}"))?;
    let link = meridian_server::endpoints::identity::forgot::make_link(&state, user.id).await?;
    println!("{link}");
    Ok(())
}

/// What every server does beside answering.
fn in_background(state: &AppState) -> Vec<JoinHandle<()>> {
    use meridian_server::{endpoints, tell};
    vec![
        actix_web::rt::spawn(endpoints::system::metrics::run()),
        actix_web::rt::spawn(endpoints::uploads::sweep::run(state.clone())),
        actix_web::rt::spawn(endpoints::updates::schedule::run(state.clone())),
        actix_web::rt::spawn(endpoints::events::prune::run(state.clone())),
        actix_web::rt::spawn(endpoints::workspaces::retention::run(state.clone())),
        actix_web::rt::spawn(tell::notify::run(state.clone())),
        actix_web::rt::spawn(tell::backup::run(state.clone())),
        actix_web::rt::spawn(tell::webhooks::run(state.clone())),
        actix_web::rt::spawn(tell::mail::run(state.clone())),
        actix_web::rt::spawn(tell::holidays::run(state.clone())),
        actix_web::rt::spawn(endpoints::rounds::schedule::run(state.clone())),
    ]
}

/// Ends what runs in the background and waits until the database has let go of it: what is in the middle of a question to it
/// cannot end after the runtime.
async fn end(background: Vec<JoinHandle<()>>, events: &Hub, store: Store) {
    events.end();
    for task in &background {
        task.abort();
    }
    for task in background {
        if let Err(error) = task.await
            && error.is_panic()
        {
            tracing::error!(%error, "a task of the background had ended");
        }
    }
    match tokio::time::timeout(CLOSING, store.close()).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "the database was not left in order"),
        Err(_late) => tracing::warn!("the database was not left in time"),
    }
}

async fn serve(settings: Settings) -> anyhow::Result<()> {
    let store = open_store(&settings).await.context(DATABASE)?;
    store.migrate().await.context("the migrations failed")?;
    let blobs = open_blobs(&settings).context(OBJECTS)?;
    let listener =
        TcpListener::bind(settings.listen).with_context(|| format!("{} is not free", settings.listen))?;
    let address = listener.local_addr()?;
    // A stream of events or a player is a connection; many systems give a program 1,024 unless it asks for more.
    if let Err(error) = rlimit::increase_nofile_limit(u64::MAX) {
        tracing::warn!(%error, "the number of open files cannot be raised");
    }
    let state = AppState::new(parts(settings, store, blobs).await?);
    if let Some(address) = state.settings.metrics_listen {
        let listener = TcpListener::bind(address).with_context(|| format!("{address} is not free"))?;
        actix_web::rt::spawn(meridian_server::app::serve_metrics(state.clone(), listener)?);
    }
    let (background, used) = (in_background(&state), state.store.clone());
    let (events, told) = (state.events.clone(), state.events.clone());
    let supervisor = Supervisor::start(&state.settings);
    let door = Door::of(&listener)?;
    let server = meridian_server::app::serve(state, listener)?;
    tracing::info!(%address, "listening");
    let handle = server.handle();
    actix_web::rt::spawn(async move {
        wait_for_signal().await;
        tracing::info!("stopping");
        meridian_telemetry::ending();
        door.close().await;
        // From here on every answer ends its connection.
        events.close();
        tokio::time::sleep(LAST_REQUESTS).await;
        handle.stop(true).await;
    });
    let ended = server.await;
    // Only now, so that jobs go on while answers are finished; each worker hands its jobs back.
    supervisor.stop().await;
    end(background, &told, used).await;
    ended.context("the server ended with an error")
}

/// Off loopback the first account needs a code that only whoever reads the server's output has.
async fn parts(settings: Settings, store: Store, blobs: Blobs) -> anyhow::Result<Parts> {
    let keys = Keys::new(&settings.secret);
    let first = meridian_store::repo::users::count(store.reader()).await.context("accounts")? == 0;
    let setup_code =
        (first && !settings.listen.ip().is_loopback()).then(meridian_server::auth::keys::setup_code);
    if let Some(code) = &setup_code {
        tracing::warn!("the first account needs this set-up code: {code}");
    }
    let mailer = Mailer::new(&settings).context("mail")?;
    let events = Hub::start(&store).await.context("events")?;
    let oidc = Provider::new(&settings).map_err(anyhow::Error::from_boxed).context("OpenID Connect")?;
    Ok(Parts { settings, store, blobs, keys, events, mailer, setup_code, oidc })
}

async fn wait_for_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut term), Ok(mut int)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = term.recv() => {}
        _ = int.recv() => {}
    }
}

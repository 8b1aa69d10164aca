//! Meridian's worker: takes jobs from the queue, runs media in sandboxed children and speech recognition itself.

mod context;
mod doctor;
mod error;
mod figures;
mod job;
mod jobs;
mod loudness;
mod media_child;
mod model;
mod publish;
mod runner;
mod session;
mod source;
mod speech;
mod sweep;
mod watcher;

use std::io::{Read as _, Write as _};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use meridian_media::sandbox::SandboxOptions;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Processes recordings for Meridian.
#[derive(Debug, Parser)]
#[command(name = "meridian-worker", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Take jobs until SIGTERM or SIGINT
    Run(RunArgs),
    /// Speech weights
    #[command(subcommand)]
    Model(ModelCommand),
    /// Print what this worker can do here, as JSON: codecs, sandbox, model
    Doctor {
        /// The name of a model or a path; empty means base
        #[arg(env = "MERIDIAN_WHISPER_MODEL", default_value = "")]
        setting: String,
    },
    /// Not for people: a sandboxed media job on the standard input
    #[command(hide = true)]
    MediaChild {
        /// Leave the processor to all else that wants it: its niceness, 0 to 19
        #[arg(long, default_value_t = 0)]
        nice: u8,
    },
}

#[derive(Debug, clap::Args)]
struct RunArgs {
    /// Also end, as on SIGTERM, when the standard input is closed: whoever started this worker is gone
    #[arg(long)]
    while_stdin: bool,
}

#[derive(Debug, Subcommand)]
enum ModelCommand {
    /// Fetch the weights that transcription needs
    Fetch(model::FetchArgs),
    /// Print which file a setting means
    Path {
        /// The name of a model or a path; empty means base
        #[arg(env = "MERIDIAN_WHISPER_MODEL", default_value = "")]
        setting: String,
    },
}

fn main() -> ExitCode {
    let command = Cli::parse().command;
    if let Command::MediaChild { nice } = command {
        // No runtime, no threads, no settings: the sandbox comes first.
        if nice > 0 {
            meridian_media::child::give_way(nice);
        }
        return exit_code(meridian_media::child::child_main(&SandboxOptions::default()));
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return complain(&error.to_string()),
    };
    let result = match command {
        Command::Run(args) => runtime.block_on(run(&args)).map_err(|error| format!("{error:#}")),
        Command::Doctor { setting } => {
            doctor::told(&setting).map_err(|error| error.to_string()).map(|text| {
                writeln!(std::io::stdout(), "{text}").ok();
            })
        }
        Command::Model(command) => runtime.block_on(model(command)).map_err(|error| error.chain()),
        Command::MediaChild { .. } => Ok(()),
    };
    // Recognition may be within a window: it is not waited for.
    runtime.shutdown_background();
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(text) => complain(&text),
    }
}

fn exit_code(code: meridian_media::child::ExitCode) -> ExitCode {
    use meridian_media::child::ExitCode as Child;
    ExitCode::from(match code {
        Child::Finished => 0_u8,
        Child::Failed => 20,
        Child::NeedsWholeFile => 21,
        Child::Parent => 22,
        Child::Sandbox => 23,
    })
}

fn complain(text: &str) -> ExitCode {
    writeln!(std::io::stderr(), "meridian-worker: {text}").ok();
    ExitCode::FAILURE
}

async fn model(command: ModelCommand) -> Result<(), model::ModelError> {
    match command {
        ModelCommand::Fetch(args) => model::fetch(args).await.map(drop),
        ModelCommand::Path { setting } => model::resolve(&setting).map(|path| {
            writeln!(std::io::stdout(), "{}", path.display()).ok();
        }),
    }
}

async fn run(args: &RunArgs) -> anyhow::Result<()> {
    let settings = meridian_config::load()?;
    let telemetry = meridian_telemetry::start(&settings, "meridian-worker")?;
    let shutdown = CancellationToken::new();
    tokio::spawn(until_told(args.while_stdin, shutdown.clone()));
    let done = runner::run(settings, shutdown).await;
    telemetry.finish().await;
    done
}

/// Ends the worker on a signal, or when its parent is gone.
async fn until_told(while_stdin: bool, shutdown: CancellationToken) {
    let _told = shutdown.drop_guard();
    let (Ok(mut terminate), Ok(mut interrupt)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return tracing::error!("signals cannot be received");
    };
    let closed = CancellationToken::new();
    if while_stdin {
        let closed = closed.clone().drop_guard();
        // A thread of its own, since the read never ends while the parent lives.
        std::thread::spawn(move || {
            let _closed = closed;
            let mut piece = [0; 64];
            while matches!(std::io::stdin().read(&mut piece), Ok(got) if got > 0) {}
        });
    }
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        () = closed.cancelled() => tracing::info!("the parent process is gone"),
    }
}

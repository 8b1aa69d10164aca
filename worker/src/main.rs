//! Meridian's worker.
mod model;

use clap::{Parser, Subcommand};
use std::io::Write as _;
use std::process::ExitCode;

/// Processes recordings for Meridian.
#[derive(Debug, Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Speech weights
    #[command(subcommand)]
    Model(ModelCommand),
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

#[tokio::main]
async fn main() -> ExitCode {
    let Command::Model(command) = Cli::parse().command;
    let result = match command {
        ModelCommand::Fetch(args) => model::fetch(args).await.map(drop),
        ModelCommand::Path { setting } => model::resolve(&setting).map(|path| {
            writeln!(std::io::stdout(), "{}", path.display()).ok();
        }),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            writeln!(std::io::stderr(), "meridian-worker: {}", e.chain()).ok();
            ExitCode::FAILURE
        }
    }
}

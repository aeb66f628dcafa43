//! Hands each command of the command line to its file in `commands/`.

use std::process::ExitCode;

fn main() -> ExitCode {
    aftershake::commands::main()
}

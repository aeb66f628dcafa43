//! `aftershake-site PAGE OUT`: writes the static site into OUT, with the page that `cargo xtask page` built into PAGE.

use std::path::PathBuf;

use anyhow::Context as _;

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let page = arguments.next().context("expected PAGE and OUT")?;
    let out = arguments.next().context("expected OUT after PAGE")?;
    aftershake_site::build(&page, &out)
}

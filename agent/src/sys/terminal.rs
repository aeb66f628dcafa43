//! The terminal's width. Where output goes to none, there is nothing to say.
#![expect(unsafe_code, reason = "ioctl TIOCGWINSZ")]

/// Columns of the terminal on standard output; `None` where it is no terminal or does not say.
pub(crate) fn columns() -> Option<usize> {
    let mut size = libc::winsize {
        ws_row: 0,
        ws_col: 0,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    // SAFETY: `size` is a valid winsize that the call fills; with any descriptor it fails or fills it.
    let said = unsafe { libc::ioctl(libc::STDOUT_FILENO, libc::TIOCGWINSZ, &raw mut size) };
    (said == 0 && size.ws_col > 0).then(|| usize::from(size.ws_col))
}

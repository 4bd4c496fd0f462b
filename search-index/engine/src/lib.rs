//! fangzhi's search as the browser runs it: [`search_index`] behind a plain C boundary, so that
//! neither a binding generator nor a tool of a matching version is needed.
//!
//! The page writes bytes where [`engine_alloc`] says, calls a function with that place, which takes
//! the bytes over, and reads the answer, JSON, at [`engine_answer`]. One page, one thread, one index.

#![cfg(target_family = "wasm")]

use search_index::remote::{Form, Problem, Remote};
use std::cell::RefCell;

/// Version of this boundary: the page's script was written for one.
const BOUNDARY: u32 = 1;

thread_local! {
    static REMOTE: RefCell<Option<Remote>> = const { RefCell::new(None) };
    static ANSWER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Version of this boundary.
#[unsafe(no_mangle)]
pub extern "C" fn engine_version() -> u32 {
    BOUNDARY
}

/// Makes room for `len` bytes that one of the functions below takes over.
#[unsafe(no_mangle)]
pub extern "C" fn engine_alloc(len: usize) -> *mut u8 {
    Box::into_raw(vec![0_u8; len].into_boxed_slice()).cast()
}

/// Where the last answer begins; [`engine_answer_len`] bytes, until the next call.
#[unsafe(no_mangle)]
pub extern "C" fn engine_answer() -> *const u8 {
    ANSWER.with_borrow(|answer| answer.as_ptr())
}

/// Length of the last answer.
#[unsafe(no_mangle)]
pub extern "C" fn engine_answer_len() -> usize {
    ANSWER.with_borrow(Vec::len)
}

/// Opens an index: `{"ok": id}` or `{"error": …}`. `file` is 1 for a whole script, 0 for its bytes.
///
/// # Safety
/// `at` came from [`engine_alloc`] with this `len` and was not passed on before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn engine_boot(file: u32, at: *mut u8, len: usize) {
    // A panic ends this instance: what it says is left as the answer, for the page to tell.
    std::panic::set_hook(Box::new(|panic| {
        let told =
            serde_json::json!({ "error": { "code": "engine", "message": panic.to_string() } });
        ANSWER.set(told.to_string().into_bytes());
    }));
    // SAFETY: the caller's promise.
    let bytes = unsafe { taken(at, len) };
    let opened = Remote::boot(bytes, form(file));
    let told = opened
        .as_ref()
        .map(|remote| remote.id().to_owned())
        .map_err(Clone::clone);
    REMOTE.set(opened.ok());
    answer_done(told);
}

/// Takes in a chunk file: `{"ok": bytes held}` or `{"error": …}`. `file` as for [`engine_boot`].
///
/// # Safety
/// As for [`engine_boot`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn engine_put(chunk: u32, file: u32, at: *mut u8, len: usize) {
    // SAFETY: the caller's promise.
    let bytes = unsafe { taken(at, len) };
    with_remote(|remote| {
        answer_done(
            remote
                .put(chunk, &bytes, form(file))
                .map(|()| remote.held()),
        )
    });
}

/// Takes in a part of a chunk file; answers as [`engine_put`].
///
/// # Safety
/// As for [`engine_boot`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn engine_put_part(block: u32, count: u32, at: *mut u8, len: usize) {
    // SAFETY: the caller's promise.
    let bytes = unsafe { taken(at, len) };
    with_remote(|remote| {
        answer_done(
            remote
                .put_part(block, count, &bytes)
                .map(|()| remote.held()),
        )
    });
}

/// Searches: `{"answer": …}`, `{"need": …}` or `{"error": …}`.
///
/// # Safety
/// As for [`engine_boot`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn engine_search(at: *mut u8, len: usize) {
    // SAFETY: the caller's promise.
    let request = unsafe { taken(at, len) };
    with_remote(|remote| ANSWER.set(remote.search_json(&request)));
}

/// # Safety
/// As for [`engine_boot`].
unsafe fn taken(at: *mut u8, len: usize) -> Vec<u8> {
    // Whatever happens from here on, the last answer is none to this call.
    ANSWER.set(Vec::new());
    // SAFETY: a boxed slice of this length was made at this place, and only the caller knew of it.
    unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(at, len)) }.into_vec()
}

fn form(file: u32) -> Form {
    if file == 0 { Form::Handed } else { Form::File }
}

fn with_remote(act: impl FnOnce(&Remote)) {
    REMOTE.with_borrow(|remote| match remote {
        Some(remote) => act(remote),
        None => {
            ANSWER.set(br#"{"error":{"code":"not-booted","message":"no index is open"}}"#.to_vec())
        }
    });
}

fn answer_done(done: Result<impl serde::Serialize, Problem>) {
    let told = match done {
        Ok(ok) => serde_json::json!({ "ok": ok }),
        Err(problem) => serde_json::json!({ "error": problem }),
    };
    ANSWER.set(told.to_string().into_bytes());
}

/// Tantivy names new segments by random ids. A reader makes none: there is no randomness to give.
#[unsafe(no_mangle)]
unsafe extern "Rust" fn __getrandom_v03_custom(
    _: *mut u8,
    _: usize,
) -> Result<(), getrandom::Error> {
    Err(getrandom::Error::UNSUPPORTED)
}

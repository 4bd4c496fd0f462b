//! fangzhi's search as the browser runs it: [`search_index`] behind a plain C boundary, so that
//! neither a binding generator nor a tool of a matching version is needed.

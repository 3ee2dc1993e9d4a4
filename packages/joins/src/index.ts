/** How streams and tables meet in kstreams. */
export {};

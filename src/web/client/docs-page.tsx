/** The script of the docs page. */
export {};

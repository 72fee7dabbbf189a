/** The script of the status page. */
export {};

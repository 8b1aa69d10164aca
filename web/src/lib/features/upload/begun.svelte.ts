// Whether there were uploads in this visit: only then what shows them on other pages is loaded.
export const begun = $state({ any: false });

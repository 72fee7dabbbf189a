-- The search index. Its terms are made by src/search/terms.ts, one space between two, so the tokenizer only splits:
-- `ascii` takes every character beyond U+007F as part of a term. Contentless: the prompts stand in tasks.document.
CREATE VIRTUAL TABLE `prompt_index` USING fts5(terms, content='', contentless_delete=1, tokenize='ascii');

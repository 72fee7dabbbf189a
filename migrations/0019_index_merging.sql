-- Hand-written: the segments of the search indexes are merged by pairs when nothing else is done (see search/index-merging.ts).
INSERT INTO `prompt_index` (`prompt_index`, `rank`) VALUES ('usermerge', 2);

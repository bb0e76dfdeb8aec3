-- The catalogue is indexed for the search in batches: the old pieces of a batch's parts are found
-- by their numbers, and how many parts have a piece is reckoned on, not counted anew.
create index part_grams_part on part_grams (part_no);

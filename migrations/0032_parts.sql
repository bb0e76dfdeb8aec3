-- Parts as customers buy them: notes in the cart, who receives, what replaces and what belongs together.

-- The stock when the line was put in: a difference is worth telling, as with the price.
alter table cart_items add column seen_stock bigint;
alter table cart_items add column note text not null default '';
alter table order_lines add column note text not null default '';
alter table orders add column contact text not null default '';

-- What a part has to do with others, by their article: they may come into the catalogue later.
create table part_links (
    part_id  text not null references parts (id),
    -- `analogue`: does the same; `kit`: lies in this part, so many pieces.
    kind     text not null,
    sku      text not null,
    quantity bigint not null,
    primary key (part_id, kind, sku)
);
create index part_links_sku on part_links (sku, kind);

create index parts_replaced on parts (replaced_by) where replaced_by is not null;

-- What was bought for a machine.
create index order_lines_machine on order_lines (machine_id, part_id) where machine_id is not null;

-- Papers of an order: an invoice, a waybill. Each is something that happened to it.
alter table order_events add column file_id text references files (id);
create index order_events_file on order_events (file_id) where file_id is not null;

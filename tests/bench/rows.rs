//! The statements that fill a database, each making many rows.

use crate::data::{FLEET, PEOPLE, Size};

const AT: &str = "'2026-01-10T09:00:00+00:00'";
const MODELS: &str =
    "(select id, row_number() over (order by id) - 1 as place from machine_models)";
/// So many orders and requests are open, however many there were: a desk does not grow with the
/// archive.
const OPEN: i64 = 20;

/// All of them, in an order that they can run in.
pub(crate) fn all(size: &Size) -> Vec<String> {
    [people(size), machines(size), goods(size), cases(size), fleet()].concat()
}

/// The table `n` of the numbers `i` from 0.
fn numbers(count: i64) -> String {
    format!(
        "with recursive n (i) as (select 0 union all select i + 1 from n where i + 1 < {count})"
    )
}

/// Companies, their sites and people.
fn people(size: &Size) -> Vec<String> {
    vec![
        format!(
            "{} insert into companies (id, name, inn, search_key, created_at)
             select printf('%032x', i + 1), 'ООО «Завод ' || i || '»', null, 'ооо завод ' || i, {AT}
               from n",
            numbers(size.customers)
        ),
        "insert into sites (id, company_id, name)
         select id, id, 'Цех 1' from companies"
            .to_owned(),
        format!(
            "{} insert into customers (id, telegram_id, phone, name, language, reachable,
                                       created_at, updated_at)
             select printf('%032x', i + 1), {PEOPLE} + i, '+7900' || printf('%07d', i),
                    'Механик ' || i, 'ru', 1, {AT}, {AT}
               from n",
            numbers(size.customers)
        ),
        format!(
            "insert into memberships (id, customer_id, company_id, role, state, created_at)
             select id, id, id, 'member', 'active', {AT} from customers"
        ),
    ]
}

/// Machines, each with a little history.
fn machines(size: &Size) -> Vec<String> {
    let machines_each = size.machines_each;
    let machines = size.customers * machines_each;
    vec![
        format!(
            "{} insert into machine_instances
                    (id, serial, serial_key, model_id, configuration, company_id, site_id,
                     customer_id, made_on, shipped_on, commissioned_on, warranty_until, hours,
                     next_maintenance_on, created_at, updated_at)
             select printf('%032x', i + 1), 'M-' || i, 'M' || i, m.id, 'РМЦ 1000 мм, УЦИ на 2 оси',
                    printf('%032x', i / {machines_each} + 1),
                    printf('%032x', i / {machines_each} + 1),
                    case when i % 2 = 0 then printf('%032x', i / {machines_each} + 1) end,
                    '2024-03-14', '2024-06-02', '2024-06-20', '2026-06-20', 1000 + i % 5000,
                    date('2026-12-01', (i % 300) || ' days'), {AT}, {AT}
               from n
               join {MODELS} m on m.place = i % (select count(*) from machine_models)",
            numbers(machines)
        ),
        format!(
            "{} insert into timeline_events (id, machine_id, at, kind, title)
             select printf('%032x', i + 1), printf('%032x', i / 3 + 1), {AT}, 'service',
                    'Замена масла, проверка геометрии'
               from n",
            numbers(machines * 3)
        ),
    ]
}

/// Beside them one company with five hundred machines in five shops, and its mechanic.
fn fleet() -> Vec<String> {
    let id = "printf('%032x', 800000000)";
    vec![
        format!(
            "insert into companies (id, name, inn, search_key, created_at)
             values ({id}, 'ООО «Парк»', null, 'ооо парк', {AT})"
        ),
        format!(
            "{} insert into sites (id, company_id, name)
             select printf('%032x', 800000000 + i), {id}, 'Цех ' || (i + 1) from n",
            numbers(5)
        ),
        format!(
            "insert into customers (id, telegram_id, phone, name, language, reachable, created_at,
                                    updated_at)
             values ({id}, {FLEET}, '+79011111111', 'Главный механик', 'ru', 1, {AT}, {AT})"
        ),
        format!(
            "insert into memberships (id, customer_id, company_id, role, state, created_at)
             values ({id}, {id}, {id}, 'member', 'active', {AT})"
        ),
        format!(
            "{} insert into machine_instances
                    (id, serial, serial_key, model_id, configuration, company_id, site_id,
                     customer_id, made_on, shipped_on, commissioned_on, warranty_until, hours,
                     next_maintenance_on, created_at, updated_at)
             select printf('%032x', 800000001 + i), 'F-' || i, 'F' || i, m.id, 'РМЦ 1000 мм', {id},
                    printf('%032x', 800000000 + i % 5), null, '2024-03-14', '2024-06-02',
                    '2024-06-20', '2026-06-20', 1000 + i, date('2026-12-01', (i % 300) || ' days'),
                    {AT}, {AT}
               from n
               join {MODELS} m on m.place = i % (select count(*) from machine_models)",
            numbers(500)
        ),
    ]
}

/// Parts with their codes and models.
fn goods(size: &Size) -> Vec<String> {
    vec![
        more_parts(size.parts),
        format!(
            "insert into part_codes (part_id, code, code_key)
             select p.id, p.sku, {}
               from parts p
              where not exists (select 1 from part_codes c where c.part_id = p.id)",
            code_key("p.sku")
        ),
        format!(
            "insert into part_models (part_id, model_id)
             select p.id, m.id
               from parts p
               join {MODELS} m on m.place = p.price / 100
                                            % (select count(*) from machine_models)
              where not exists (select 1 from part_models c where c.part_id = p.id)"
        ),
    ]
}

/// Orders and service requests.
fn cases(size: &Size) -> Vec<String> {
    let Size { customers, machines_each, .. } = size;
    let (every_order, every_request) = (customers * 3 / OPEN, customers / OPEN);
    vec![
        format!(
            "{} insert into orders (id, number, customer_id, company_id, state, total, delivery,
                                    client_key, created_at, updated_at)
             select printf('%032x', i + 1), 'ORD-2025-' || printf('%06d', i + 1),
                    printf('%032x', i / 3 + 1), printf('%032x', i / 3 + 1),
                    case when i % {every_order} = 0 then 'placed' else 'completed' end,
                    1240000, 'pickup', 'key-' || i, {AT}, {AT}
               from n",
            numbers(customers * 3)
        ),
        "insert into order_lines (order_id, position, part_id, sku, name, price, quantity)
         select o.id, p.place, p.id, p.sku, p.name, p.price, 2
           from orders o
           join (select id, sku, name, price, row_number() over (order by id) as place
                   from parts order by id limit 3) p"
            .to_owned(),
        format!(
            "{} insert into service_requests
                    (id, number, customer_id, machine_id, kind, machine_down, text, state,
                     client_key, created_at, updated_at)
             select printf('%032x', i + 1), 'SRV-2025-' || printf('%06d', i + 1),
                    printf('%032x', i + 1), printf('%032x', i * {machines_each} + 1),
                    'breakdown', 1, 'Шпиндель греется',
                    case when i % {every_request} = 0 then 'new' else 'closed' end,
                    'key-' || i, {AT}, {AT}
               from n",
            numbers(*customers)
        ),
    ]
}

/// The demo's parts over and over, under further articles, for the domain to index.
fn more_parts(parts: i64) -> String {
    format!(
        "with recursive n (i) as (select 1 union all select i + 1 from n where i < {parts} / 100)
         insert into parts (id, sku, name, price, stock, lead_days, category, photo, active,
                            search_key, updated_at, no)
         select lower(hex(randomblob(16))), p.sku || '-' || n.i, p.name || ' ' || n.i,
                coalesce(p.price, 100000) + n.i * 100, p.stock, p.lead_days, p.category, p.photo,
                p.active, '', p.updated_at,
                (select max(no) from parts) + row_number() over (order by n.i, p.no)
           from parts p, n
          order by n.i, p.no
          limit max(0, {parts} - (select count(*) from parts))"
    )
}

/// An article as `domain::text::code_key` folds it.
fn code_key(sku: &str) -> String {
    let twins = "АВЕКМНОРСТУХ".chars().zip("ABEKMHOPCTYX".chars());
    let marks = ['.', '-', ' '].map(|mark| (mark, None));
    let letters = twins.map(|(twin, letter)| (twin, Some(letter)));
    marks.into_iter().chain(letters).fold(format!("upper({sku})"), |folded, (from, to)| {
        format!("replace({folded}, '{from}', '{}')", to.map(String::from).unwrap_or_default())
    })
}

-- Draws the claims of a synthetic ledger, in DuckDB: deterministic by seed, the same on every machine and version,
-- because every draw is cut out of an MD5 of seed, claim number and purpose.
--
-- Given: table line (number, asset_id, deployment_id, of_platform, scale) and the parameters below.
--   $seed, $claims, $lines, $sources
--   $at_once: all is recorded within the last week (a backlog that was imported), not steadily over the years

create or replace macro draw(random, place) as ((random >> (16 * place)) & 65535) / 65536.0;

create or replace temp table drawn as
select
    i,
    md5_number_lower(concat($seed, ':a:', i)) as a,
    md5_number_upper(concat($seed, ':a:', i)) as b,
    md5_number_lower(concat($seed, ':b:', i)) as c,
    md5_number_upper(concat($seed, ':b:', i)) as d,
    md5_number_lower(concat($seed, ':c:', i)) as e,
    md5_number_upper(concat($seed, ':c:', i)) as f
from range(1, $claims + 1) as numbers (i);

-- Entries hold four claims on average; the first entry is the catalogue's. The first claim of every line is a count,
-- so that at every size of history all lines are in the answer; after that some lines are reported on far more, none less than
-- about half as often as the average. (The draw is finer than 1 in 65536: else some lines were never heard of again.)
create or replace temp table entered as
select
    *,
    1 + sum(first_of_entry::int) over (rows between unbounded preceding and current row) as seq,
    max(case when first_of_entry then i end) over (rows between unbounded preceding and current row) as entry_start,
    case
        when i <= $lines then (i * 7919 + $seed) % $lines
        else floor($lines * power(draw(a, 1) + draw(f, 0) / 65536, 1.6))
    end::bigint as line_number
from (select *, i = 1 or draw(a, 0) < 0.25 as first_of_entry from drawn)
order by i;

create or replace temp table sorted_kind as
select
    entered.i, entered.seq, entered.i - entered.entry_start + 1 as ordinal, a, b, c, d, e,
    line.asset_id, line.deployment_id, line.scale,
    case
        when i <= $lines then 'count'
        when draw(a, 2) < 0.60 then 'count'
        when draw(a, 2) < 0.70 then case when line.of_platform then 'status' else 'increase' end
        when draw(a, 2) < 0.82 then case when line.of_platform then 'status' else 'decrease' end
        when draw(a, 2) < 0.955 then 'status'
        when draw(a, 2) < 0.96 then 'phase'
        when draw(a, 2) < 0.97 then 'denial'
        when draw(a, 2) < 0.98 then 'announcement'
        else 'plan'
    end as sort,
    line.of_platform,
    date '2000-01-01' + case
        when $at_once then 8760 + floor(5.0 * entered.seq / last_seq)
        else floor(8765.0 * entered.seq / last_seq)
    end::int as recorded_on
from entered
join line on line.number = entered.line_number
cross join (select max(seq) as last_seq from entered);

create or replace temp table dated as
select
    *,
    lag(i) over one_line as line_before,
    lead(i) over one_line as line_after,
    lag(sort) over one_line as sort_before,
    -- Most is reported within days, some within months, a little years later: effective dates do not run with seq.
    recorded_on - case
        when $at_once then floor(8760 * draw(a, 3))
        when draw(a, 3) < 0.70 then floor(10 * draw(b, 0))
        when draw(a, 3) < 0.95 then floor(120 * draw(b, 0))
        else floor(1500 * draw(b, 0))
    end::int as happened_on
from sorted_kind
window one_line as (partition by asset_id order by i);

create or replace temp table measured as
select
    *,
    case sort when 'phase' then 'status' when 'denial' then 'announcement'
        when 'plan' then case when draw(b, 1) < 0.4 then 'increase' when draw(b, 1) < 0.8 then 'decrease' else 'count' end
        else sort
    end as kind,
    case
        when sort = 'denial' then 'denied'
        when sort = 'plan' then case when draw(b, 2) < 0.7 then 'planned' when draw(b, 2) < 0.8 then 'possible'
            when draw(b, 2) < 0.9 then 'demanded' else 'negotiating' end
        else 'actual'
    end as modality,
    case
        when of_platform then floor(1.9 * draw(b, 3))
        when sort = 'count' then 1 + floor(scale * (0.7 + 0.6 * draw(b, 3)))
        else 1 + floor(0.25 * scale * draw(b, 3))
    end::bigint as size,
    case
        when sort in ('phase', 'denial', 'announcement') then 'none'
        when sort = 'status' then case when of_platform or draw(c, 0) < 0.7 then 'none' else 'exact' end
        when of_platform or i <= $lines then 'exact'
        when sort = 'count' then case
            when draw(c, 0) < 0.55 then 'exact' when draw(c, 0) < 0.75 then 'about' when draw(c, 0) < 0.85 then 'range'
            when draw(c, 0) < 0.91 then 'more' when draw(c, 0) < 0.94 then 'fewer'
            when draw(c, 0) < 0.97 then 'unknown' else 'withheld' end
        else case
            when draw(c, 0) < 0.65 then 'exact' when draw(c, 0) < 0.75 then 'about' when draw(c, 0) < 0.80 then 'range'
            when draw(c, 0) < 0.90 then 'more' when draw(c, 0) < 0.95 then 'half' else 'unknown' end
    end as form,
    -- A count "before" a day is rare: any flow of the line's whole history may lie after it, and the answer has to say so.
    case
        when draw(c, 1) < 0.75 or i <= $lines then 'day' when draw(c, 1) < 0.92 then 'month'
        when draw(c, 1) < case when sort = 'count' then 0.922 else 0.94 end then 'before' else 'period'
    end as dating,
    1 + floor($sources * draw(c, 2))::bigint as source_id,
    case when draw(c, 3) < 0.10 then 'A' when draw(c, 3) < 0.45 then 'B' when draw(c, 3) < 0.82 then 'C'
        when draw(c, 3) < 0.975 then 'F' when draw(c, 3) < 0.99 then 'D' else 'E' end as reliability,
    case when draw(d, 0) < 0.03 then '1' when draw(d, 0) < 0.43 then '2' when draw(d, 0) < 0.75 then '3'
        when draw(d, 0) < 0.975 then '6' when draw(d, 0) < 0.99 then '4' else '5' end as credibility
from dated;

create or replace table status_change as
with timed as (
    select
        *,
        case when dating = 'before' then null when dating = 'month' then date_trunc('month', happened_on)::date
            else happened_on end as effective_from,
        case when dating = 'month' then last_day(happened_on) else happened_on end as effective_by,
        case when dating = 'period' then happened_on + (10 + floor(60 * draw(d, 1)))::int end as effective_until
    from measured
)
select
    i as id, seq::bigint as seq, ordinal, deployment_id,
    case when sort <> 'phase' then asset_id end as asset_id,
    kind,
    case
        when sort = 'phase' then case when draw(d, 2) < 0.05 then 6 when draw(d, 2) < 0.7 then 3 else 5 end
        when sort = 'status' and of_platform then case when draw(d, 2) < 0.97 then 7 when draw(d, 2) < 0.995 then 9 else 18 end
        when sort = 'status' then 10 + floor(6 * draw(d, 2))
    end::int as status_id,
    case form when 'exact' then size when 'about' then floor(0.9 * size) when 'range' then size when 'more' then size + 1
    end::bigint as quantity_low,
    case form when 'exact' then size when 'about' then size end::bigint as quantity_best,
    case form when 'exact' then size when 'about' then ceil(1.1 * size) when 'range' then size + greatest(1, size // 5)
        when 'fewer' then size end::bigint as quantity_high,
    case form when 'half' then 0.5::double end as share_low,
    case form when 'half' then 0.5::double end as share_high,
    0 as share_low_open,
    case form when 'none' then null when 'half' then 'share' when 'unknown' then 'unknown'
        when 'withheld' then 'withheld' else 'number' end as quantity_form,
    case form when 'none' then null when 'exact' then size::varchar when 'about' then 'about ' || size
        when 'range' then size || '..' || (size + greatest(1, size // 5)) when 'more' then '>' || size
        when 'fewer' then '<' || (size + 1) else form end as quantity_text,
    case when i <= $lines or draw(d, 3) < 0.95 then 'present' when draw(d, 3) < 0.98 then 'authorised' else 'assigned'
    end as counting_basis,
    (draw(e, 0) < 0.02)::int as complete,
    case when kind in ('increase', 'decrease') and draw(e, 0) > 0.97 then
        1 + floor((select max(deployment_id) from line) * draw(d, 1))::bigint end as other_deployment_id,
    case when kind in ('increase', 'decrease') and modality = 'actual' and sort_before = sort and draw(e, 1) < 0.01
        then line_before end as same_as_id,
    modality,
    recorded_on as stated_on,
    case dating when 'before' then 'before ' || (effective_by + 1) when 'month' then strftime(effective_from, '%Y-%m')
        when 'period' then effective_from || '/' || effective_until else effective_from::varchar end as effective_text,
    case dating when 'before' then '[..' || effective_by || ']' when 'month' then strftime(effective_from, '%Y-%m')
        when 'period' then effective_from || '/' || effective_until else effective_from::varchar end as effective_edtf,
    effective_from, effective_by, effective_until,
    coalesce(effective_from, effective_by) as effective_on,
    source_id,
    case when draw(e, 2) < 0.2 then 'Officials said on ' || happened_on || ' that ' || size || ' were there.' end as excerpt,
    case when draw(e, 2) < 0.2 then
        sha256('Officials said on ' || happened_on || ' that ' || size || ' were there.') end as excerpt_sha256,
    reliability, credibility,
    (reliability in ('A', 'B', 'C', 'F') and credibility in ('1', '2', '3', '6'))::int as admissible,
    (6 * (instr('123645', credibility) - 1) + instr('ABCFDE', reliability) - 1)::int as grade_rank,
    (source_id % 10 >= 3)::int as own_words
from timed
order by i;

-- About 1 % is withdrawn later: half of it replaced by the next claim about the line.
create or replace table retraction as
with withdrawn as (
    select
        i, seq, line_after,
        draw(e, 3) < 0.005 and line_after is not null as replaced,
        least(i + 1 + floor(5000 * draw(b, 0))::bigint, $claims) as at_claim
    from dated
    where draw(e, 3) < 0.01 and i > $lines // 2
),
placed as (
    select w.i, w.seq as claim_seq, case when w.replaced then w.line_after end as replacement_id, later.seq
    from withdrawn as w
    join entered as later on later.i = case when w.replaced then w.line_after else w.at_claim end
)
select
    row_number() over (order by seq, i) as id,
    seq::bigint as seq,
    row_number() over (partition by seq order by i) as ordinal,
    i as status_change_id,
    replacement_id,
    'found to be wrong' as reason
from placed
where seq > claim_seq;

create or replace table plan_link as
select
    row_number() over (order by i) as id, seq::bigint as seq,
    row_number() over (partition by seq order by i) as ordinal,
    i as claim_id, line_before as plan_id, 'fulfils' as relation
from dated
where sort in ('increase', 'decrease') and sort_before = 'plan';

create or replace table ledger_entry as
select
    seq::bigint as seq,
    'synthetic-' || seq as txid,
    recorded_on, -- of all its claims
    -- Within the day, later entries are later: a microsecond each is enough, and all days have fewer.
    strftime(recorded_on, '%Y-%m-%d') || 'T12:00:' || lpad((number // 1000000)::varchar, 2, '0') || '.'
        || lpad((number % 1000000)::varchar, 6, '0') || 'Z' as recorded_at,
    'benchmark' as recorded_by, 'log' as action, 'synthetic' as tool_version,
    sha256('content ' || seq) as content_hash,
    case when seq > 1 then sha256('entry ' || (seq - 1)) end as prev_hash,
    sha256('entry ' || seq) as entry_hash
from (
    select seq, recorded_on, row_number() over (partition by recorded_on order by seq) as number
    from (
        select seq, any_value(recorded_on) as recorded_on from sorted_kind group by seq
        union all
        select 1, date '2000-01-01'
    )
)
order by seq;

drop table measured;
drop table dated;
drop table sorted_kind;
drop table entered;
drop table drawn;

-- What the reading rules ask of the claims, as a columnar engine finds it: for every line its base, the counts of the thirty
-- days before it, the flows since, and the newest of each status; for every deployment the newest of each phase, and denials.
-- DuckDB; $as_of is the day, $known the last entry known. The search alone: nothing is folded, no line agrees with another.
with visible as materialized (
    select *
    from status_change as claim
    where seq <= $known
      and counting_basis = 'present'
      and effective_on <= $as_of
      and modality in ('actual', 'denied')
      and not exists (
          select 1 from retraction where retraction.status_change_id = claim.id and retraction.seq <= $known
      )
),
base as materialized (
    select
        asset_id,
        arg_max(id, {
            'admissible': admissible,
            'both_bounds': (quantity_low is not null and quantity_high is not null)::int,
            'effective_on': effective_on,
            'grade': -grade_rank,
            'own_words': own_words,
            'seq': seq,
            'ordinal': ordinal
        }) as id,
        max(effective_on) as newest
    from visible
    where kind = 'count'
      and modality = 'actual'
      and asset_id is not null
      and (quantity_low is not null or quantity_high is not null)
      and (effective_until is null or effective_until >= $as_of)
    group by asset_id
),
since as materialized (
    select base.asset_id, claim.effective_on - interval 30 day as day
    from base join visible as claim on claim.id = base.id
),
wanted as (
    select claim.id
    from visible as claim left join since on since.asset_id = claim.asset_id
    where claim.kind in ('count', 'increase', 'decrease')
      and claim.modality = 'actual'
      and claim.asset_id is not null
      and (since.day is null or claim.effective_on >= since.day or coalesce(claim.effective_until, claim.effective_by) >= since.day)
    union all
    select arg_max(id, {
        'admissible': admissible,
        'effective_on': effective_on,
        'grade': -grade_rank,
        'own_words': own_words,
        'seq': seq,
        'ordinal': ordinal
    })
    from visible
    where kind = 'status' and modality = 'actual' and (effective_until is null or effective_until >= $as_of)
    group by coalesce(asset_id, -deployment_id), status_id
    union all
    select id from visible where modality = 'denied'
)
select
    claim.id, seq, ordinal, deployment_id, asset_id, kind, effective_on, quantity_low, quantity_best, quantity_high,
    quantity_form, quantity_text, share_low, share_high, status_id, complete, effective_from, effective_by,
    effective_until, stated_on, same_as_id, source_id, reliability,
    credibility, admissible, grade_rank, own_words
from wanted join status_change as claim using (id)

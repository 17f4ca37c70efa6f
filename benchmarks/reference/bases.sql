-- The base of every line, as a columnar engine finds it: one pass over all counts, greatest in the order of claims.
-- DuckDB; $as_of is the day, $known the last entry known. Same order and same retractions as the rules of reading.
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
    }) as base
from status_change as claim
where kind = 'count'
  and modality = 'actual'
  and counting_basis = 'present'
  and asset_id is not null
  and effective_on <= $as_of
  and seq <= $known
  and (quantity_low is not null or quantity_high is not null)
  and (effective_until is null or effective_until >= $as_of)
  and not exists (
      select 1 from retraction where retraction.status_change_id = claim.id and retraction.seq <= $known
  )
group by asset_id

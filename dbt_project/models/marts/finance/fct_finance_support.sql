-- One row is one grant or other support, as one sheet delivers it.
select
    record.support_key,
    record.province_key,
    province.current_province_key,
    mention.commune_key,
    record.programme,
    record.period_end,
    record.policy,
    record.beneficiary,
    record.kind,
    record.content,
    record.decision_no,
    record.decided_on,
    record.amount_vnd,
    record.disbursed_vnd,
    record.funding,
    record.funding_source,
    record.is_state_budget,
    record.district,
    record.commune,
    record.fields,
    record.published_on,
    record.known_on,
    record.artefact,
    record.file,
    record.sheet,
    record.cells,
    record.row_no,
    record.layout,
    record.is_hidden,
    -- a half-year's list and the year's list tell of the same support
    row_number() over (
        partition by
            record.territory_key, {{ match_key('record.beneficiary') }}, {{ match_key('record.decision_no') }},
            record.decided_on, record.kind, {{ match_key('record.content') }},
            case when record.decision_no is null and record.decided_on is null then record.period_end end
        order by record.known_on desc, record.period_end desc, record.artefact asc, record.sheet asc, record.cells asc
    ) = 1 as is_newest
from {{ ref('int_support') }} as record
left join {{ ref('dim_province') }} as province on record.province_key = province.province_key
left join {{ ref('int_commune_mention') }} as mention
    on {{ commune_mention_no('record') }} = mention.mention_no

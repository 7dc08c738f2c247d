-- One row is a plan that nobody wrote down but two results of one document imply: 12 new cooperatives are 80 % of the
-- plan, so the plan is 15. It is a plan of the whole year, and is kept as derived.
with result as (

    select * from {{ ref('int_result_from_bulletin') }}
    union all
    select * from {{ ref('int_result_from_report') }}

)

select
    {{ key_of(["'implied target'", 'done.result_key', 'share.result_key']) }} as target_key,
    done.programme,
    done.indicator,
    done.scope,
    done.scope_note,
    done.province_key,
    done.territory_key,
    done.geography,
    done.geography_level,
    cast(null as string) as per,
    {{ date_of(year_of('done.period_end'), 1, 1) }} as period_start,
    {{ date_of(year_of('done.period_end'), 12, 31) }} as period_end,
    'approx' as qualifier,
    cast(round(100.0 * done.value / share.value, 0) as decimal(22, 4)) as value,
    cast(null as decimal(22, 4)) as value_high,
    done.unit,
    done.published_on,
    'derived' as origin,
    done.source_system,
    done.artefact,
    done.file,
    share.sheet,
    share.cells,
    share.quote,
    share.span_start,
    share.span_end,
    share.sentence,
    'Kế hoạch suy ra: kết quả chia cho tỷ lệ hoàn thành kế hoạch trong cùng tài liệu' as derivation_vi,
    'Implied plan: the result divided by its share of the plan, both of the same document' as derivation_en,
    done.result_key || ' ' || share.result_key as input_keys
from result as done
inner join result as share
    on
        done.artefact = share.artefact
        and done.indicator = 'coop_new'
        and share.indicator = 'coop_new_plan_pct'
        and done.scope is not distinct from share.scope
        and done.province_key is not distinct from share.province_key
        and done.period_end = share.period_end
        and done.period_start is not distinct from share.period_start
where
    share.value > 0
    -- a plan is made for one year: a result over several years says nothing of it
    and {{ year_of('done.period_start') }} = {{ year_of('done.period_end') }}
    and done.qualifier in ('eq', 'approx')
    and share.qualifier in ('eq', 'approx')

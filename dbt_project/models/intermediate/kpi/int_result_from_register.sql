-- One row is one indicator counted in one delivered register, for all cooperatives or for the agricultural ones.
{{ config(materialized='view') }}
{#
    What is counted, one entry each: indicator, column the sheets must have, what is counted or added, of how many (for a
    share), rows behind it, rows that should have had a value (an empty number is missing, never 0: then the sum is a
    lower bound), Vietnamese and English wording.
#}
{% set measures = [
    ('coop_total', 'name', 'n_all', '', 'n_all', 'n_all',
     'Đếm số hợp tác xã chưa giải thể trong sổ', 'Count of the cooperatives in the register that are not dissolved'),
    ('coop_active', 'status', 'n_active', '', 'n_all', 'n_all',
     'Đếm số hợp tác xã đang hoạt động trong sổ', 'Count of the active cooperatives in the register'),
    ('coop_inactive', 'status', 'n_inactive', '', 'n_all', 'n_all',
     'Đếm số hợp tác xã tạm ngừng hoặc chờ giải thể', 'Count of the suspended or dissolving cooperatives'),
    ('coop_members', 'members', 'members', '', 'n_members', 'n_all',
     'Cộng cột số thành viên', 'Sum of the column of members'),
    ('coop_workers', 'workers', 'workers', '', 'n_workers', 'n_all',
     'Cộng cột số lao động', 'Sum of the column of workers'),
    ('coop_capital', 'charter_capital_vnd', 'capital', '', 'n_capital', 'n_all',
     'Cộng cột vốn điều lệ', 'Sum of the column of charter capital'),
    ('coop_rated_good_count', 'rating', 'n_good', '', 'n_rated', 'n_rated',
     'Đếm số hợp tác xã xếp loại tốt hoặc khá', 'Count of the cooperatives rated good or fair'),
    ('coop_rated_good_share', 'rating', 'n_good', 'n_rated', 'n_rated', 'n_rated',
     'Số hợp tác xã tốt và khá chia cho số được xếp loại', 'Cooperatives rated good or fair, divided by those rated'),
    ('coop_rated_weak_count', 'rating', 'n_weak', '', 'n_rated', 'n_rated',
     'Đếm số hợp tác xã xếp loại yếu', 'Count of the cooperatives rated weak'),
    ('coop_rated_weak_share', 'rating', 'n_weak', 'n_rated', 'n_rated', 'n_rated',
     'Số hợp tác xã yếu chia cho số được xếp loại', 'Cooperatives rated weak, divided by those rated'),
    ('coop_linked_count', 'linked', 'n_linked', '', 'n_all', 'n_all',
     'Đếm số hợp tác xã có đánh dấu liên kết', 'Count of the cooperatives marked as linked'),
    ('coop_linked_share', 'linked', 'n_linked', 'n_all', 'n_all', 'n_all',
     'Số hợp tác xã có liên kết chia cho tổng số', 'Linked cooperatives, divided by all'),
    ('coop_hightech_count', 'high_tech', 'n_high_tech', '', 'n_all', 'n_all',
     'Đếm số hợp tác xã ứng dụng công nghệ cao', 'Count of the cooperatives using high technology'),
    ('coop_hightech_share', 'high_tech', 'n_high_tech', 'n_all', 'n_all', 'n_all',
     'Số hợp tác xã ứng dụng công nghệ cao chia cho tổng số', 'Cooperatives using high technology, divided by all'),
    ('coop_gap_count', 'gap_certified', 'n_gap', '', 'n_all', 'n_all',
     'Đếm số hợp tác xã có chứng nhận GAP hoặc hữu cơ', 'Count of the cooperatives with a GAP or organic certificate'),
    ('coop_gap_share', 'gap_certified', 'n_gap', 'n_all', 'n_all', 'n_all',
     'Số hợp tác xã có chứng nhận chia cho tổng số', 'Certified cooperatives, divided by all'),
    ('coop_ocop_count', 'ocop_stars', 'n_ocop', '', 'n_all', 'n_all',
     'Đếm số hợp tác xã có sản phẩm OCOP từ 3 sao', 'Count of the cooperatives with an OCOP product of three stars or more'),
    ('coop_ocop_share', 'ocop_stars', 'n_ocop', 'n_all', 'n_all', 'n_all',
     'Số hợp tác xã có sản phẩm OCOP chia cho tổng số', 'Cooperatives with OCOP products, divided by all'),
] %}
with delivery as (

    select * from {{ ref('int_register_delivery') }}

),

counted as (

    {% for indicator, field, part, whole, behind, wanted, text_vi, text_en in measures %}
    select
        delivery.*,
        '{{ indicator }}' as indicator,
        cast(null as date) as period_start,
        {% if whole %}
        cast(100.0 * {{ part }} / nullif({{ whole }}, 0) as decimal(22, 4)) as value,
        cast({{ part }} as decimal(22, 4)) as numerator,
        cast({{ whole }} as decimal(22, 4)) as denominator,
        {% else %}
        cast({{ part }} as decimal(22, 4)) as value,
        cast(null as decimal(22, 4)) as numerator,
        cast(null as decimal(22, 4)) as denominator,
        {% endif %}
        {{ behind }} as rows_counted,
        {{ wanted }} as rows_wanted,
        '{{ text_vi }}' as text_vi,
        '{{ text_en }}' as text_en
    from delivery
    {% if field != 'name' %}
    where has_{{ field }} = 1
    {% endif %}
    union all
    {% endfor %}
    select
        delivery.*,
        'coop_new' as indicator,
        founding.period_start,
        cast(founding.founded as decimal(22, 4)) as value,
        cast(null as decimal(22, 4)) as numerator,
        cast(null as decimal(22, 4)) as denominator,
        delivery.n_founded as rows_counted,
        delivery.n_all as rows_wanted,
        'Đếm số hợp tác xã có ngày thành lập trong năm ' || cast(founding.founding_year as string) as text_vi,
        'Count of the cooperatives founded in ' || cast(founding.founding_year as string) as text_en
    from {{ ref('int_register_founding') }} as founding
    inner join delivery
        on
            founding.artefact = delivery.artefact
            and founding.scope = delivery.scope
            and founding.province_key = delivery.province_key
            and founding.period_end = delivery.period_end
    where delivery.has_founded_on = 1

)

select
    {{ key_of(["'register'", 'counted.artefact', 'counted.province_key', 'counted.period_end', 'counted.indicator',
               'counted.scope', 'counted.period_start']) }} as result_key,
    counted.programme,
    counted.indicator,
    case when counted.scope <> 'all' then counted.scope end as scope,
    cast(null as string) as scope_note,
    counted.province_key,
    counted.territory_key,
    counted.report_province as geography,
    'province' as geography_level,
    counted.period_start,
    case
        when counted.indicator = 'coop_new'
            then least(counted.period_end, {{ date_of(year_of('counted.period_start'), 12, 31) }})
        else counted.period_end
    end as period_end,
    case when counted.rows_counted < counted.rows_wanted then 'ge' else 'eq' end as qualifier,
    counted.value,
    cast(null as decimal(22, 4)) as value_high,
    counted.numerator,
    counted.denominator,
    indicator.unit,
    'register' as origin,
    'register' as source_system,
    counted.published_on,
    counted.known_on,
    counted.artefact,
    counted.file,
    counted.sheet,
    counted.cells,
    {{ no_sentence() }},
    counted.text_vi
    || ' (' || cast(counted.rows_counted as string) || '/' || cast(counted.rows_wanted as string)
    || ' dòng có số liệu)' as computation_vi,
    counted.text_en
    || ' (' || cast(counted.rows_counted as string) || ' of ' || cast(counted.rows_wanted as string)
    || ' rows have a value)' as computation_en,
    cast(counted.rows_counted as bigint) as rows_counted,
    cast(null as string) as input_keys
from counted
inner join {{ ref('indicators') }} as indicator on counted.indicator = indicator.code
where counted.value is not null and (counted.scope = 'all' or counted.has_sector = 1)

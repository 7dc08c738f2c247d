{# Places below the province as records write them. There is no list of them: names are compared with each other. #}

{# Which words for a place of a province these are: province, whether districts existed, district and commune as written. #}
{% macro commune_mention_no(record) -%}
    {{ number_of([
        record ~ '.province_key', '(' ~ districts_existed(record ~ '.period_end') ~ ')', record ~ '.district',
        record ~ '.commune'
    ]) }}
{%- endmacro %}

{# Districts ended on 2025-07-01 (Nghị quyết 202/2025/QH15). A sheet without a date speaks of the day it is asked on. #}
{% macro districts_existed(day) -%}
    coalesce({{ day }}, {{ as_of() }}) < date '2025-07-01'
{%- endmacro %}

{# A place's name without the word for what it is: "Xã Tân Hòa", "X. Tân Hoà" and "Tân Hòa" are one name. #}
{% macro bare_place(text) -%}
    trim({{ replace_all(
        match_key(text),
        "^(xã |phường |thị trấn |đặc khu |huyện |quận |thị xã |thành phố |(x|p|tt|đk|h|q|tx|tp)[.] ?|(tt|tx|tp) )", ""
    ) }})
{%- endmacro %}

{# What a name says it is; null when it is written without. "Thành phố Cao Lãnh" and "Huyện Cao Lãnh" are two places. #}
{% macro place_type(text) -%}
    case
    {%- for kind, starts in [
        ('commune', ['xã ', 'x.']), ('ward', ['phường ', 'p.']), ('township', ['thị trấn ', 'tt.', 'tt ']),
        ('special_zone', ['đặc khu ', 'đk.']), ('district', ['huyện ', 'h.']), ('urban_district', ['quận ', 'q.']),
        ('town', ['thị xã ', 'tx.', 'tx ']), ('city', ['thành phố ', 'tp.', 'tp '])
    ] %}
        when {% for start in starts %}{{ match_key(text) }} like '{{ start }}%'{% if not loop.last %} or {% endif %}{% endfor %} then '{{ kind }}'
    {%- endfor %}
    end
{%- endmacro %}

{# Vietnamese names compared whatever their spelling: composition, case, blanks, dashes and tone placement. #}

{# "hoà" and "hòa", "thuỷ" and "thủy": both placements of the tone mark are in use, official texts mix them. #}
{% macro match_key(text) -%}
    {%- set pairs = [
        ('oà', 'òa'), ('oá', 'óa'), ('oả', 'ỏa'), ('oã', 'õa'), ('oạ', 'ọa'),
        ('oè', 'òe'), ('oé', 'óe'), ('oẻ', 'ỏe'), ('oẽ', 'õe'), ('oẹ', 'ọe'),
        ('uỳ', 'ùy'), ('uý', 'úy'), ('uỷ', 'ủy'), ('uỹ', 'ũy'), ('uỵ', 'ụy')
    ] -%}
    {%- set key = namespace(sql="lower(" ~ nfc(text) ~ ")") -%}
    {%- for old, new in pairs -%}
        {%- set key.sql = "replace(" ~ key.sql ~ ", '" ~ old ~ "', '" ~ new ~ "')" -%}
    {%- endfor -%}
    {%- set key.sql = replace_all(key.sql, "[\u00a0\\s]+", " ") -%}
    {%- set key.sql = replace_all(key.sql, "\\s*[\u2013\u2014-]\\s*", "-") -%}
    trim({{ key.sql }})
{%- endmacro %}

{# A province's name without "tỉnh", "thành phố", "TP." and without "(cũ)". #}
{% macro place_key(text) -%}
    {%- set key = match_key(text) -%}
    {%- set key = replace_all(key, "[ ]*\\(?\\s*(trước đây|cũ)\\s*\\)?$", "") -%}
    {%- set key = replace_all(key, "^(tỉnh|thành phố|tp[.]|tp|t[.]p[.]?)[ ]+", "") -%}
    {%- set key = replace_all(key, "^tp[.]", "") -%}
    trim({{ key }})
{%- endmacro %}

{# "Bình Phước (cũ)": the writer means the province before the merger. #}
{% macro is_former(text) -%}
    ({{ match_key(text) }} like '%(cũ)' or {{ match_key(text) }} like '% cũ' or {{ match_key(text) }} like '%(trước đây)')
{%- endmacro %}

{# A name in Latin letters without marks, for readers of English. #}
{% macro without_marks(text) -%}
    {%- set marked = 'àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ' -%}
    {%- set plain = 'aaaaaaaaaaaaaaaaaeeeeeeeeeeeiiiiiooooooooooooooooouuuuuuuuuuuyyyyyd' -%}
    translate({{ text }}, '{{ marked ~ marked.upper() }}', '{{ plain ~ plain.upper() }}')
{%- endmacro %}

{# A cooperative's name without its legal form and with the usual abbreviations written out:
   "HTX DV NN Tân Tiến" and "Hợp tác xã dịch vụ nông nghiệp Tân Tiến" are one name. #}
{% macro cooperative_key(text) -%}
    {%- set words = [
        ('htx', 'hợp tác xã'), ('thtx', 'hợp tác xã'), ('dvnn', 'dịch vụ nông nghiệp'), ('nn', 'nông nghiệp'),
        ('dv', 'dịch vụ'), ('sx', 'sản xuất'), ('kd', 'kinh doanh'), ('tm', 'thương mại'), ('vt', 'vận tải'),
        ('xd', 'xây dựng'), ('ntts', 'nuôi trồng thủy sản'), ('ts', 'thủy sản'), ('cn', 'công nghiệp'),
        ('ttcn', 'tiểu thủ công nghiệp'), ('qtdnd', 'quỹ tín dụng nhân dân'), ('qtd', 'quỹ tín dụng nhân dân')
    ] -%}
    {#- blanks at both ends and around every separator, so that an abbreviation is always a whole word -#}
    {%- set key = namespace(sql="(' ' || " ~ replace_all(match_key(text), "[-.,;:()&/\u201c\u201d\"]+", " ") ~ " || ' ')") -%}
    {%- set key.sql = replace_all(key.sql, " +", " ") -%}
    {%- for short, long in words -%}
        {%- set key.sql = "replace(" ~ key.sql ~ ", ' " ~ short ~ " ', ' " ~ long ~ " ')" -%}
    {%- endfor -%}
    {%- set key.sql = replace_all(key.sql, " (hợp tác xã|liên hiệp|tổ hợp tác|và) ", " ") -%}
    trim({{ replace_all(key.sql, " (hợp tác xã|và) ", " ") }})
{%- endmacro %}

{# A number of the tax office or of the register: its digits, and null when there are none. #}
{% macro digits(text) -%}
    nullif({{ replace_all(text, "[^0-9]", "") }}, '')
{%- endmacro %}

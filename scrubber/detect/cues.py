"""Words that stand in short lines round a text: seven families of them, in the languages that scrubber knows best.

A cue proves nothing, and no line goes for it: it is one thing among many that the line model sees. What a rule
should act on stands in a rule file.
"""

from __future__ import annotations

#: Family to words, lower case and folded. Those of scripts without spaces are looked for anywhere in a line.
_WORDS = {
    "navigation": (
        "home menu search login log sign register contact about sitemap help skip faq account navigation subscribe index "
        "startseite suche anmelden kontakt accueil recherche connexion inicio buscar contacto главная поиск войти контакты "
        "cerca accedi contatti início entrar contato "
        "首页 登录 登陆 注册 收藏 设为 当前位置 您的位置 导航 返回 网站地图 联系我们 关于我们 友情链接 搜索 客户端 频道 栏目 "
        "首頁 登入 註冊 搜尋 聯絡 關於 ホーム 検索 ログイン 会員 メニュー 홈 검색 로그인 회원"
    ),
    "related": (
        "related more most popular recent recently latest trending recommended archive archives category categories tags tag "
        "links top also sponsored advertisement ads featured topics stories news read next mehr weitere verwandte meistgelesen "
        "plus articles similaires más relacionados noticias ещё еще читайте также похожие популярное leggi altri leia mais "
        "相关 推荐 热门 热点 更多 排行 精彩 猜你 最新 延伸 专题 图集 视频 广告 点击排行 相關 推薦 熱門 更多 最新 "
        "関連 おすすめ 人気 ランキング 記事一覧 관련 추천 인기 더보기"
    ),
    "share": (
        "share tweet facebook twitter print email e-mail rss digg reddit pinterest linkedin whatsapp bookmark follow like "
        "likes pin stumbleupon teilen drucken partager imprimer compartir поделиться condividi compartilhar "
        "分享 微博 微信 扫一扫 打印 字号 举报 点赞 关注 二维码 朋友圈 空间 复制链接 列印 轉發 讚 シェア ツイート 印刷 공유 인쇄 스크랩"
    ),
    "legal": (
        "copyright © (c) rights reserved privacy terms disclaimer powered cookie cookies trademark imprint policy "
        "impressum datenschutz mentions légales confidentialité aviso legal условия права защищены "
        "版权 备案 icp 公网安备 许可证 免责 声明 举报电话 所有权 侵权 本站 本网 版權 聲明 無断転載 著作権 利用規約 저작권 무단"
    ),
    "comment": (
        "comment comments reply replies permalink trackback said says wrote posted quote joined member members posts leave "
        "kommentar kommentare commentaires comentarios комментарии ответить commenti comentários "
        "评论 回复 跟帖 网友 留言 发表于 楼主 沙发 楼层 積分 评论 發表 留言 回覆 コメント 投稿 返信 댓글 답글"
    ),
    "byline": (
        "by author published updated source staff reporter written editor photo von par por autor veröffentlicht publié "
        "автор опубликовано источник "
        "来源 作者 记者 编辑 责编 发布 时间 原标题 摄影 通讯员 字数 來源 記者 編輯 發布 時間 攝影 著者 更新 기자 작성 입력"
    ),
    "action": (
        "click download buy free shop cart price order newsletter previous prev continue join try get now view "
        "jetzt bestellen télécharger acheter descargar comprar скачать купить "
        "转载 未经 授权 订阅 公众号 点击 阅读原文 上一篇 下一篇 上一页 下一页 全文 下载 购买 轉載 訂閱 下載 上一頁 下一頁 "
        "購入 次へ 前へ 다운로드 구독 다음 이전"
    ),
}

FAMILIES: tuple[str, ...] = tuple(_WORDS)
_PUNCTUATION = ".,:;!?|>»›·•/\\()[]{}\"'“”‘’-–—*+#"


def _table(*, wide: bool) -> dict[str, int]:
    return {
        word: number
        for number, words in enumerate(_WORDS.values())
        for word in words.split()
        if (word[0] >= "\u2e80") is wide
    }


_PARTED, _UNPARTED = _table(wide=False), _table(wide=True)
#: First character of those words to their lengths: few characters of a line begin one.
_LENGTHS = {
    first: tuple(sorted({len(word) for word in _UNPARTED if word[0] == first}))
    for first in {word[0] for word in _UNPARTED}
}
#: A family counts no more than so often in one line.
_MOST = 3


def cues_of(key: str, *, is_wide: bool) -> tuple[int, ...]:
    """How many words of each family a folded line holds, by the order of `FAMILIES`. O(n).

    >>> cues_of("home | about us | contact", is_wide=False), cues_of("相关阅读", is_wide=True)
    ((3, 0, 0, 0, 0, 0, 0), (0, 1, 0, 0, 0, 0, 0))
    """
    found = [0] * len(FAMILIES)
    for word in key.split():
        number = _PARTED.get(word)
        if number is None:
            number = _PARTED.get(word.strip(_PUNCTUATION))
        if number is not None:
            found[number] += 1
    if is_wide:
        for place, character in enumerate(key):
            for length in _LENGTHS.get(character, ()):
                number = _UNPARTED.get(key[place : place + length])
                if number is not None and place + length <= len(key):
                    found[number] += 1
    return tuple([min(_MOST, count) for count in found])

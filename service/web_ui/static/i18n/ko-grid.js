/** Korean: tables of many rows. */
export default {
  "grid.sort": "정렬",
  "grid.sort-or-filter": "정렬. Alt와 아래 화살표로 조건을 엽니다",
  "grid.filter": "{name} 조건",
  "grid.filter-all": "전체",
  "grid.copy": "표시된 행 복사",
  "grid.save": "이름이 있는 CSV",
  "grid.copied": "{n}행을 제목과 함께 복사했습니다",
  "grid.copied-one": "{n}행을 제목과 함께 복사했습니다",
  "grid.not-copied": "브라우저가 복사를 허용하지 않습니다",
};

/** Korean: what is left open in the briefing. */
export default {
  "ranges.title": "정해지지 않은 범위",
  "ranges.note":
    "이 계획과 거의 같은 수준의 계획은 여러 가지입니다. 막대는 목적값이 최솟값에서 그만큼 이내인 계획들에서 수치가 어디까지 달라지는지 보여 줍니다.",
  "ranges.start": "범위 계산",
  "ranges.start-alternatives": "비슷한 수준의 대안 찾기",
  "ranges.figure": "수치",
  "ranges.bar": "최소, 이 계획, 최대",
  "ranges.slack": "{share} 이내",
  "ranges.between":
    "한쪽 끝이 두 수치이면 실제 끝은 그 사이에 있습니다. 안쪽 수치까지는 찾은 계획이 있고, 바깥쪽 수치를 넘는 계획은 없음이 증명되었습니다. 막대는 찾은 범위를 보여 줍니다.",
  "ranges.priority": "우선순위 {n}",
  "ranges.no-alternatives": "대안을 찾지 못했습니다.",
  "ranges.alternative": "대안 {n}",
  "ranges.alternative-text": "목적값 {objective}, 최솟값보다 {share} 이내",
  "ranges.open": "열기: {name}",
  "ranges.open-short": "열기",
  "ranges.compare": "비교: {name}",
  "ranges.compare-short": "비교",
  "ranges.measure-of": "{what}, {measure}",
  "ranges.measure.served_share": "충족률",
  "ranges.measure.made": "생산",
  "ranges.measure.shipped": "수송",
  "ranges.measure.taken": "교환으로 받음",
  "ranges.measure.given": "교환으로 줌",
  "ranges.measure.stock": "재고",
  "ranges.measure.power_used": "전력 사용량",
};
